using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NodeDns.Templates;

/// <summary>A regular expression in Go's RE2 syntax that runs in time linear in the name it is matched against.</summary>
/// <remarks>
/// A Corefile is written for Go's regexp package; the pattern is translated to .NET and run on the non-backtracking
/// engine, so that no pattern and no name can make a worker busy. Immutable, used by every worker at once. Groups are
/// numbered as in Go: in the order of their opening brackets, named or not.
/// </remarks>
internal sealed class GoRegex
{
    /// <summary>CoreDNS's own bound on a pattern.</summary>
    public const int MaxPatternLength = 10_000;

    private const int ShownCharacters = 80;

    private readonly Regex _regex;

    private GoRegex(string pattern, Regex regex, string[] groupNames)
    {
        Pattern = pattern;
        _regex = regex;
        GroupNames = groupNames;
    }

    public string Pattern { get; }

    /// <summary>The same as a .NET expression, for callers that only match.</summary>
    public Regex Expression => _regex;

    /// <summary>The name of each group by number; empty for the whole match and for unnamed groups.</summary>
    public IReadOnlyList<string> GroupNames { get; }

    /// <summary>How many groups the pattern has, the whole match not counted.</summary>
    public int GroupCount => GroupNames.Count - 1;

    public static bool TryCompile(string pattern, [NotNullWhen(true)] out GoRegex? regex, out string error)
    {
        regex = null;
        if (pattern.Length > MaxPatternLength)
        {
            error = $"the regular expression is longer than {MaxPatternLength} characters";
            return false;
        }

        GoRegexTranslator translator = new(pattern);
        if (!translator.TryTranslate(out string translated))
        {
            error = $"bad regular expression {Quoted(pattern)}: {translator.Error}";
            return false;
        }

        try
        {
            const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            regex = new GoRegex(pattern, new Regex(translated, Options), translator.GroupNames);
            error = "";
            return true;
        }
        catch (NotSupportedException)
        {
            // The engine refuses patterns whose automaton would be huge, such as (a{1000}){1000}.
            error = $"bad regular expression {Quoted(pattern)}: it has too many states; use several shorter ones";
            return false;
        }
        catch (ArgumentException failure)
        {
            error = $"bad regular expression {Quoted(pattern)}: {failure.Message}";
            return false;
        }
    }

    public bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    /// <summary>The whole match and the groups of the leftmost match, empty where a group took no part; null if none.</summary>
    public string[]? Match(string text)
    {
        Match match = _regex.Match(text);
        if (!match.Success)
        {
            return null;
        }

        string[] groups = new string[GroupNames.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = match.Groups[i].Value;
        }

        return groups;
    }

    private static string Quoted(string pattern) =>
        pattern.Length > ShownCharacters ? $"\"{pattern[..ShownCharacters]}...\"" : $"\"{pattern}\"";
}
