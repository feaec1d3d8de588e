using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using NodeDns.Config.Values;

namespace NodeDns.Config.Syntax;

/// <summary>A hash of what a Corefile says, not of how it is laid out: equal hashes need no reload.</summary>
/// <remarks>
/// Over the tokens with imports and variables put in, each with its length in front so that no two trees run together,
/// and over the servers that resolv.conf files gave.
/// </remarks>
internal sealed class CorefileHash
{
    private readonly StringBuilder _tree = new();

    private CorefileHash()
    {
    }

    public static string Of(ImmutableArray<ServerBlockSyntax> blocks, IEnumerable<ServerBlockConfig> configs)
    {
        var hash = new CorefileHash();
        foreach (ServerBlockSyntax block in blocks)
        {
            hash.Write(block.Keys.Select(key => key.Text));
            hash.Write(block.Directives);
        }

        hash.Write(configs
            .SelectMany(block => block.Forwards)
            .SelectMany(forward => forward.Upstreams)
            .Where(upstream => upstream.SourceFile is not null)
            .Select(upstream => $"{upstream.SourceFile} {upstream.EndPoint}"));
        var fingerprint = new Fingerprint();
        fingerprint.Add(Encoding.UTF8.GetBytes(hash._tree.ToString()));
        return fingerprint.ToString();
    }

    private void Write(ImmutableArray<DirectiveSyntax> directives)
    {
        _tree.Append('{');
        foreach (DirectiveSyntax directive in directives)
        {
            Write(directive.Arguments.Select(a => a.Text).Prepend(directive.Name.Text));
            Write(directive.Block);
        }

        _tree.Append('}');
    }

    private void Write(IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            _tree.Append(word.Length).Append(':').Append(word);
        }

        _tree.Append('\n');
    }
}
