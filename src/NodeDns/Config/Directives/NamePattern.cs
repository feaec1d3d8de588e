using System;
using System.Globalization;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>What rewrite compares names with, and what it puts in their place.</summary>
internal static class NamePattern
{
    private const int MaxLength = 255;

    public static bool TryMatch(DirectiveScope scope, Token token, out NameMatch match)
    {
        NameMatch? known = token.Text.ToLowerInvariant() switch
        {
            "exact" => NameMatch.Exact,
            "prefix" => NameMatch.Prefix,
            "suffix" => NameMatch.Suffix,
            "substring" => NameMatch.Substring,
            "regex" => NameMatch.Regex,
            _ => null,
        };
        match = known ?? NameMatch.Exact;
        if (known is null)
        {
            scope.Error(token, $"expected exact, prefix, suffix, substring or regex, found {Shown.Text(token.Text)}");
        }

        return known is not null;
    }

    public static bool TryRead(DirectiveScope scope, NameMatch match, Token token, out string pattern) =>
        TryRead(scope, match, token, out pattern, out _);

    /// <param name="groups">How many groups a regular expression has.</param>
    public static bool TryRead(DirectiveScope scope, NameMatch match, Token token, out string pattern, out int groups)
    {
        groups = 0;
        return match == NameMatch.Regex
            ? scope.TryRegex(token, out pattern, out groups)
            : TryText(scope, token, out pattern);
    }

    /// <summary>A replacement; after a regular expression {1} and so on have to be groups that it has.</summary>
    public static bool TryReplacement(DirectiveScope scope, NameMatch match, Token token, int groups, out string text)
    {
        if (!TryText(scope, token, out text))
        {
            return false;
        }

        int used = match == NameMatch.Regex
            ? Enumerable.Range(0, 101).LastOrDefault(n => token.Text.Contains(Group(n), StringComparison.Ordinal))
            : 0;
        if (used > groups)
        {
            scope.Error(token, $"{Group(used)} is not a group of the regular expression, which has {groups}");
        }

        return used <= groups;
    }

    /// <summary>Part of a name: lower case and, as in CoreDNS, closed by a dot also where it is only a prefix.</summary>
    private static bool TryText(DirectiveScope scope, Token token, out string text)
    {
        text = token.Text.ToLowerInvariant();
        text = text.EndsWith('.') ? text : text + ".";
        if (token.Text.Length is > 0 and <= MaxLength && token.Text.All(c => c is > ' ' and <= '~'))
        {
            return true;
        }

        scope.Error(token, $"expected a name or a part of one, found {Shown.Text(token.Text)}");
        return false;
    }

    private static string Group(int n) => string.Create(CultureInfo.InvariantCulture, $"{{{n}}}");
}
