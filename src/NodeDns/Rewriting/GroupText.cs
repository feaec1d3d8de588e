using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace NodeDns.Rewriting;

/// <summary>Replacement texts in which {0} stands for a whole match and {1}, {2}... for its groups.</summary>
internal static class GroupText
{
    /// <summary>A number without such a group stays as it is written.</summary>
    public static string Fill(string text, IReadOnlyList<string> groups)
    {
        StringBuilder output = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int close = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (close > 0
                && int.TryParse(text.AsSpan(i + 1, close - i - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number < groups.Count)
            {
                output.Append(groups[number]);
                i = close;
            }
            else
            {
                output.Append(text[i]);
            }
        }

        return output.ToString();
    }
}
