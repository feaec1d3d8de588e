using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Values;

namespace NodeDns.Config.Syntax;

/// <summary>Tokens to a tree of server blocks, directives and options; knows braces and lines, not directives.</summary>
/// <remarks>After a mistake it goes on as if what was probably meant had been written, so that one run finds all.</remarks>
internal sealed class CorefileParser(TokenStream stream, ErrorList errors)
{
    private const string OneLineHint =
        "a server block cannot be closed on the line of a directive; put each directive and the } on a line of its own";

    private readonly ImmutableArray<ServerBlockSyntax>.Builder _blocks = ImmutableArray.CreateBuilder<ServerBlockSyntax>();

    public ImmutableArray<ServerBlockSyntax> Parse()
    {
        while (stream.Peek() is Token token)
        {
            if (token.IsCloseBrace)
            {
                errors.Add(token.Location, null, "unexpected }: there is no { that it could close");
                stream.Next();
            }
            else
            {
                ServerBlock(token);
            }
        }

        return _blocks.ToImmutable();
    }

    private void ServerBlock(Token first)
    {
        int mistakes = errors.Count;
        List<Token> keys = Keys(out Token? open);
        if (keys is [{ IsLiteral: false } key] && key.Text.StartsWith('(') && key.Text.EndsWith(')'))
        {
            Snippet(key, open);
            return;
        }

        if (open is Token brace)
        {
            _blocks.Add(new ServerBlockSyntax([.. keys], Directives(brace, depth: 0)));
        }
        else if (keys.Count == 0)
        {
            errors.Add(first.Location, null, $"expected a zone, found {Shown.Text(first.Text)}");
        }
        else if (stream.Peek() is null && errors.Count == mistakes)
        {
            errors.Add(keys[0].Location, null, "a server block without directives; expected { and directives after its zones");
        }
        else
        {
            // Without braces the block goes on to the end of the file.
            _blocks.Add(new ServerBlockSyntax([.. keys], Directives(null, depth: 0)));
        }
    }

    /// <summary>The zones up to { or the end of the line; after a comma more may follow on the next line.</summary>
    private List<Token> Keys(out Token? open)
    {
        var keys = new List<Token>();
        open = null;
        bool more = true;
        while (stream.Peek() is { IsCloseBrace: false } token && (more || !token.StartsLine || token.IsOpenBrace))
        {
            stream.Next();
            if (token.IsOpenBrace)
            {
                CheckOpenBrace(token, keys, dangling: more);
                open = token;
                return keys;
            }

            Token key = token;
            bool glued = GluedBrace(ref key);
            more = key.Text.EndsWith(',') && !key.IsLiteral;
            key = more ? key with { Text = key.Text[..^1] } : key;
            if (key.Text.Length > 0)
            {
                keys.Add(key);
            }

            if (glued)
            {
                open = key;
                return keys;
            }
        }

        if (more && keys.Count > 0)
        {
            errors.Add(keys[^1].Location, null, "expected another zone after the comma, found nothing");
        }

        return keys;
    }

    private void CheckOpenBrace(Token brace, List<Token> keys, bool dangling)
    {
        if (keys.Count == 0)
        {
            errors.Add(brace.Location, null, "a server block without a zone; expected for example \". {\"");
        }
        else if (dangling)
        {
            errors.Add(brace.Location, null, "expected another zone after the comma, found {; take the comma away");
        }
        else if (brace.StartsLine)
        {
            errors.Add(brace.Location, null, $"{{ belongs at the end of the line before: \"{keys[^1].Text} {{\"");
        }
    }

    private void Snippet(Token key, Token? open)
    {
        string name = key.Text[1..^1];
        if (stream.HasSnippet(name))
        {
            errors.Add(key.Location, null, $"the snippet {Shown.Text(key.Text)} is defined twice");
        }

        if (open is not Token brace)
        {
            errors.Add(key.Location, null, $"expected {{ after the snippet's name {Shown.Text(key.Text)}");
            return;
        }

        var body = ImmutableArray.CreateBuilder<Token>();
        int depth = 1;
        stream.ExpandImports = false;
        while (stream.Next() is Token token)
        {
            depth += token.IsOpenBrace ? 1 : token.IsCloseBrace ? -1 : 0;
            if (depth == 0)
            {
                break;
            }

            body.Add(token);
        }

        stream.ExpandImports = true;
        if (depth > 0)
        {
            NeverClosed(brace);
        }

        stream.DefineSnippet(name, body.ToImmutable());
    }

    /// <summary>Directives, or options of a directive, up to the } that closes what <paramref name="open"/> opened.</summary>
    private ImmutableArray<DirectiveSyntax> Directives(Token? open, int depth)
    {
        var directives = ImmutableArray.CreateBuilder<DirectiveSyntax>();
        while (stream.Peek() is Token token)
        {
            if (token.IsCloseBrace)
            {
                stream.Next();
                if (open is not null)
                {
                    return directives.ToImmutable();
                }

                errors.Add(token.Location, null, "unexpected }: there is no { that it could close");
            }
            else if (token.IsOpenBrace)
            {
                stream.Next();
                LooseBlock(token, directives, depth);
            }
            else if (Directive(depth, out bool closed) is DirectiveSyntax directive)
            {
                directives.Add(directive);
                if (closed)
                {
                    return directives.ToImmutable();
                }
            }
            else if (closed)
            {
                return directives.ToImmutable();
            }
        }

        if (open is Token brace)
        {
            NeverClosed(brace);
        }

        return directives.ToImmutable();
    }

    /// <param name="closed">The block around ended on the directive's line.</param>
    private DirectiveSyntax? Directive(int depth, out bool closed)
    {
        Token name = stream.Next()!.Value;
        var arguments = ImmutableArray.CreateBuilder<Token>();
        ImmutableArray<DirectiveSyntax> block = [];
        bool hasBlock = GluedBrace(ref name);
        closed = false;
        Token open = name;
        while (!hasBlock && stream.Peek() is Token token && !token.StartsLine)
        {
            stream.Next();
            if (token.IsOpenBrace)
            {
                hasBlock = true;
                open = token;
                break;
            }

            if (token.IsCloseBrace)
            {
                if (depth == 0)
                {
                    errors.Add(token.Location, null, $"unexpected }}: {OneLineHint}");
                }

                closed = true;
                break;
            }

            hasBlock = GluedBrace(ref token);
            open = token;
            arguments.Add(token);
        }

        if (hasBlock)
        {
            block = Block(open, depth);
        }

        var directive = new DirectiveSyntax(name, arguments.ToImmutable(), hasBlock, block);
        return HasSemicolon(directive) ? null : directive;
    }

    private ImmutableArray<DirectiveSyntax> Block(Token open, int depth)
    {
        if (depth < CorefileLimits.MaxBlockDepth)
        {
            return Directives(open, depth + 1);
        }

        errors.Add(open.Location, null, $"blocks nested deeper than {CorefileLimits.MaxBlockDepth}");
        for (int inside = 1; inside > 0 && stream.Next() is Token token;)
        {
            inside += token.IsOpenBrace ? 1 : token.IsCloseBrace ? -1 : 0;
        }

        return [];
    }

    /// <summary>A { where a directive should be: most likely the block of the line before.</summary>
    private void LooseBlock(Token brace, ImmutableArray<DirectiveSyntax>.Builder directives, int depth)
    {
        bool belongs = directives.Count > 0 && !directives[^1].HasBlock;
        errors.Add(
            brace.Location,
            null,
            belongs
                ? $"{{ belongs at the end of the line before: \"{directives[^1].Name.Text} ... {{\""
                : "expected a directive, found {");
        ImmutableArray<DirectiveSyntax> block = Block(brace, depth);
        if (belongs)
        {
            directives[^1] = directives[^1] with { HasBlock = true, Block = block };
        }
    }

    /// <summary>"cache{" or "example.org{": the brace needs white space before it; read on as if it had it.</summary>
    private bool GluedBrace(ref Token token)
    {
        // A word with a brace of its own, such as {$NAME or {{, is not that mistake.
        if (token.IsLiteral || token.Text.Length < 2 || token.Text.IndexOf('{') != token.Text.Length - 1
            || stream.Peek() is { StartsLine: false, IsCloseBrace: false })
        {
            return false;
        }

        errors.Add(
            token.Location with { Column = token.Location.Column + token.Text.Length - 1 },
            null,
            $"{{ needs a space before it: \"{token.Text[..^1]} {{\"");
        token = token with { Text = token.Text[..^1] };
        return true;
    }

    private bool HasSemicolon(DirectiveSyntax directive)
    {
        foreach (Token token in directive.Arguments.Prepend(directive.Name))
        {
            if (!token.IsLiteral && token.Text.EndsWith(';'))
            {
                errors.Add(
                    token.Location,
                    null,
                    $"unexpected ; after {Shown.Text(token.Text[..^1])}: directives end with their line, not with a semicolon");
                return true;
            }
        }

        return false;
    }

    private void NeverClosed(Token brace) =>
        errors.Add(brace.Location, null, "this block is never closed; expected } before the end of the file");
}
