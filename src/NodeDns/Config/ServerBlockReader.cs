using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Directives;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config;

/// <summary>A server block as written to its config.</summary>
internal sealed class ServerBlockReader(ReadingState state)
{
    private readonly ErrorList _errors = state.Errors;

    private int _directives;

    public ServerBlockConfig Read(ServerBlockSyntax syntax)
    {
        var block = new ServerBlockConfig
        {
            Keys = ReadKeys(syntax.Keys),
            Location = syntax.Keys.IsEmpty ? default : syntax.Keys[0].Location,
            Directives = [.. syntax.Directives.Select(directive => directive.Name.Text).Distinct()],
        };
        var scope = new BlockScope(state, block);
        foreach (DirectiveSyntax directive in syntax.Directives)
        {
            if (++_directives > CorefileLimits.MaxDirectives)
            {
                _errors.Add(directive.Name.Location, null, $"more than {CorefileLimits.MaxDirectives} directives");
                break;
            }

            DirectiveTable.Read(scope, directive);
        }

        if (syntax.Directives.IsEmpty && !_errors.HasErrors)
        {
            _errors.Warn(block.Location, null, "a server block without directives: every question in its zones is refused");
        }

        return scope.Block;
    }

    private ImmutableArray<ServerKeyConfig> ReadKeys(ImmutableArray<Token> tokens)
    {
        var keys = ImmutableArray.CreateBuilder<ServerKeyConfig>();
        foreach (Token token in tokens)
        {
            if (!ServerKeyText.TryParse(token.Text, state.Context.DefaultPort, out ImmutableArray<ServerKeyConfig> some, out string? error))
            {
                _errors.Add(token.Location, null, error);
                continue;
            }

            foreach (ServerKeyConfig key in some)
            {
                if (keys.Contains(key))
                {
                    _errors.Add(token.Location, null, $"cannot serve {key.Zone}:{key.Port} - it is already defined in this block");
                }

                keys.Add(key);
            }
        }

        return keys.ToImmutable();
    }
}
