using System;
using System.Collections.Generic;
using System.Text;

namespace NodeDns.Metrics;

/// <summary>The labels of one series, rendered once and written at every scrape.</summary>
internal sealed class SampleLabels
{
    public SampleLabels(ReadOnlySpan<string> names, params ReadOnlySpan<string> values)
    {
        StringBuilder text = new();
        Tags = new KeyValuePair<string, object?>[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            Tags[i] = new KeyValuePair<string, object?>(names[i], values[i]);
            text.Append(i > 0 ? "," : "").Append(names[i]).Append("=\"");
            AppendEscaped(text, values[i]);
            text.Append('"');
        }

        Text = Encoding.UTF8.GetBytes(text.ToString());
    }

    public static SampleLabels None { get; } = new([]);

    /// <summary>As both text formats have it, without the braces.</summary>
    public byte[] Text { get; }

    /// <summary>As meters have it.</summary>
    public KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>A backslash, a quote and a line feed are escaped; every other character stands for itself.</summary>
    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }
    }
}
