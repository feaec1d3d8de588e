using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using NodeDns.Config;
using NodeDns.Templates;

namespace NodeDns.Rewriting;

/// <summary>How a rewrite rule recognises a name, given as lower-case text with its last dot.</summary>
internal sealed class NamePattern
{
    private readonly NameMatch _match;
    private readonly GoRegex? _regex;

    private NamePattern(NameMatch match, string text, GoRegex? regex)
    {
        _match = match;
        Text = text;
        _regex = regex;
    }

    public string Text { get; }

    /// <summary>Null, and an error added, where the text is no pattern.</summary>
    public static NamePattern? Compile(
        NameMatch match, string text, SourceLocation location, ICollection<ConfigError> errors)
    {
        GoRegex? regex = null;
        if (match == NameMatch.Regex && !GoRegex.TryCompile(text, out regex, out string error))
        {
            errors.Add(new ConfigError(location, "rewrite", error));
            return null;
        }

        // CoreDNS completes only what has to meet the end of the name.
        bool whole = match is NameMatch.Exact or NameMatch.Suffix;
        return new NamePattern(match, whole && !text.EndsWith('.') ? text + "." : text, regex);
    }

    /// <summary>Matching allocates nothing.</summary>
    public bool IsMatch(ReadOnlySpan<char> name) => _match switch
    {
        NameMatch.Exact => name.SequenceEqual(Text),
        NameMatch.Prefix => name.StartsWith(Text, StringComparison.Ordinal),
        NameMatch.Suffix => name.EndsWith(Text, StringComparison.Ordinal),
        NameMatch.Substring => name.Contains(Text, StringComparison.Ordinal),
        _ => _regex!.IsMatch(name),
    };

    /// <summary>The name with what matched replaced; {0}, {1}... in the replacement stand for groups of a regex.</summary>
    public bool TryReplace(string name, string replacement, [NotNullWhen(true)] out string? replaced)
    {
        replaced = null;
        if (!IsMatch(name))
        {
            return false;
        }

        replaced = _match switch
        {
            NameMatch.Exact => replacement,
            NameMatch.Prefix => replacement + name[Text.Length..],
            NameMatch.Suffix => name[..^Text.Length] + replacement,
            NameMatch.Substring => Text.Length == 0 ? name : name.Replace(Text, replacement, StringComparison.Ordinal),
            _ => GroupText.Fill(replacement, _regex!.Match(name)!),
        };
        return true;
    }
}
