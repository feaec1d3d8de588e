using System.Linq;
using System.Text;

namespace NodeDns.Config.Values;

/// <summary>How what stands in a Corefile is shown in a message: on one line, without control characters.</summary>
internal static class Shown
{
    private const int MaxLength = 80;

    /// <summary>Part of the Corefile: quoted and cut.</summary>
    public static string Text(string text) =>
        text.Length > MaxLength ? $"\"{Line(text[..MaxLength])}...\"" : $"\"{Line(text)}\"";

    /// <summary>Control characters and halves of surrogate pairs, which would spoil a log line or a terminal, spelled out.</summary>
    public static string Line(string text)
    {
        if (text.All(IsPlain))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            line.Append(c switch
            {
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                _ => IsPlain(c) ? c.ToString() : $"\\u{(int)c:x4}",
            });
        }

        return line.ToString();
    }

    private static bool IsPlain(char c) => !char.IsControl(c) && !char.IsSurrogate(c) && c is not ('\u2028' or '\u2029');
}
