using System;
using System.Globalization;
using System.Text;

namespace NodeDns.Logging;

/// <summary>Makes one line of plain ASCII out of any text, so that what a packet or a file contains cannot forge lines.</summary>
internal static class LogLine
{
    public static string Format(LogLevel level, string text)
    {
        string prefix = level switch
        {
            LogLevel.Info => "[INFO] ",
            LogLevel.Warning => "[WARNING] ",
            _ => "[ERROR] ",
        };
        return prefix + Clean(text);
    }

    /// <summary>Control characters and everything beyond ASCII become escapes; text without any is returned as it is.</summary>
    public static string Clean(string text)
    {
        int first = 0;
        while (first < text.Length && IsPlain(text[first]))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        StringBuilder clean = new(text, 0, first, text.Length + 16);
        foreach (char c in text.AsSpan(first))
        {
            if (IsPlain(c))
            {
                clean.Append(c);
            }
            else if (c == '\n')
            {
                clean.Append("\\n");
            }
            else if (c < 0x80)
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return clean.ToString();
    }

    private static bool IsPlain(char c) => c is >= ' ' and <= '~';
}
