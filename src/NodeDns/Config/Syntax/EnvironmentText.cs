using System;
using System.Text;

namespace NodeDns.Config.Syntax;

/// <summary>{$NAME} and {%NAME%} in a word, replaced by values of environment variables.</summary>
/// <remarks>
/// A variable that is not set is replaced by nothing, what is not closed stays as it is, and values are not looked
/// into again (in CoreDNS a value that names itself never ends).
/// </remarks>
internal static class EnvironmentText
{
    public static string Replace(string text, Func<string, string?> lookup, Action<string> unset) =>
        Replace(Replace(text, "{%", "%}", lookup, unset), "{$", "}", lookup, unset);

    private static string Replace(
        string text, string open, string close, Func<string, string?> lookup, Action<string> unset)
    {
        int start = text.IndexOf(open, StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        var result = new StringBuilder();
        int done = 0;
        while (start >= 0)
        {
            int nameStart = start + open.Length;
            int end = text.IndexOf(close, nameStart, StringComparison.Ordinal);
            if (end <= nameStart)
            {
                break;
            }

            string name = text[nameStart..end];
            string? value = Lookup(name, lookup);
            if (value is null)
            {
                unset(name);
            }

            result.Append(text, done, start - done).Append(value);
            done = end + close.Length;
            start = text.IndexOf(open, done, StringComparison.Ordinal);
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>A name with = or NUL in it cannot be set, and asking for it is an error on some systems.</summary>
    private static string? Lookup(string name, Func<string, string?> lookup) =>
        name.AsSpan().ContainsAny('=', '\0') ? null : lookup(name);
}
