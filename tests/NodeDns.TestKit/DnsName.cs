using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace NodeDns.TestKit;

/// <summary>Names as text with a trailing dot on one side and wire bytes on the other.</summary>
public static class DnsName
{
    public static byte[] ToWire(string name)
    {
        var wire = new List<byte>();
        var label = new List<byte>();
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c == '.')
            {
                Flush(wire, label);
            }
            else if (c == '\\' && i + 3 < name.Length && char.IsAsciiDigit(name[i + 1]))
            {
                label.Add(byte.Parse(name.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture));
                i += 3;
            }
            else if (c == '\\' && i + 1 < name.Length)
            {
                label.Add((byte)name[++i]);
            }
            else
            {
                label.Add((byte)c);
            }
        }

        Flush(wire, label);
        wire.Add(0);
        return [.. wire];
    }

    /// <summary>Reads a name that may be compressed; <paramref name="offset"/> ends behind it.</summary>
    public static string Read(ReadOnlySpan<byte> message, ref int offset)
    {
        var text = new StringBuilder();
        int at = offset;
        int jumps = 0;
        bool jumped = false;
        while (true)
        {
            int length = Take(message, at);
            if (length == 0)
            {
                offset = jumped ? offset : at + 1;
                return text.Length == 0 ? "." : text.ToString();
            }

            if ((length & 0xC0) == 0xC0)
            {
                int target = ((length & 0x3F) << 8) | Take(message, at + 1);
                offset = jumped ? offset : at + 2;
                jumped = true;
                if (target >= at || ++jumps > 127)
                {
                    throw new FormatException($"compression pointer at {at} does not go backwards");
                }

                at = target;
                continue;
            }

            if (length > 63 || at + 1 + length > message.Length)
            {
                throw new FormatException($"bad label at {at}");
            }

            AppendLabel(text, message.Slice(at + 1, length));
            at += 1 + length;
        }
    }

    private static int Take(ReadOnlySpan<byte> message, int at) =>
        at < message.Length ? message[at] : throw new FormatException("name runs past the end");

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        foreach (byte b in label)
        {
            _ = b switch
            {
                (byte)'.' or (byte)'\\' => text.Append('\\').Append((char)b),
                > 0x20 and < 0x7F => text.Append((char)b),
                _ => text.Append('\\').Append(b.ToString("D3", CultureInfo.InvariantCulture)),
            };
        }

        text.Append('.');
    }

    private static void Flush(List<byte> wire, List<byte> label)
    {
        if (label.Count == 0)
        {
            return;
        }

        wire.Add((byte)label.Count);
        wire.AddRange(label);
        label.Clear();
    }
}
