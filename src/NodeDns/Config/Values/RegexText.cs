using System;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NodeDns.Config.Values;

/// <summary>Go's regular expressions (RE2 syntax) to patterns of .NET's non-backtracking engine.</summary>
/// <remarks>Both engines are linear in the text and refuse look-around and back-references; what differs is spelling.</remarks>
internal static class RegexText
{
    /// <summary>CoreDNS's own bound for a pattern.</summary>
    public const int MaxLength = 10_000;

    public const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    public static bool TryTranslate(string text, out string pattern, [NotNullWhen(false)] out string? error) =>
        TryTranslate(text, out pattern, out _, out error);

    /// <param name="groups">How many groups a match has, the whole match not counted.</param>
    public static bool TryTranslate(
        string text, out string pattern, out int groups, [NotNullWhen(false)] out string? error)
    {
        pattern = "";
        groups = 0;
        if (text.Length > MaxLength)
        {
            error = $"a regular expression of {text.Length} characters; at most {MaxLength} are allowed";
            return false;
        }

        if (!new RegexSpelling(text).TryTranslate(out pattern, out string reason))
        {
            error = $"bad regular expression {Shown.Text(text)}: {reason}";
            return false;
        }

        try
        {
            groups = new Regex(pattern, Options).GetGroupNumbers().Length - 1;
            error = null;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InsufficientExecutionStackException)
        {
            error = $"bad regular expression {Shown.Text(text)}: {Reason(e)}";
            return false;
        }
    }

    /// <summary>The engine's message repeats the pattern in front; the reason is what follows it.</summary>
    private static string Reason(Exception e)
    {
        if (e is RegexParseException parse)
        {
            return $"{parse.Error} at offset {parse.Offset}";
        }

        return e is NotSupportedException
            ? "look-around, back-references and the like are not supported, as in CoreDNS"
            : e.Message.ReplaceLineEndings(" ");
    }
}
