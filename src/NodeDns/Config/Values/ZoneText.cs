using System;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace NodeDns.Config.Values;

/// <summary>Zones and names as an operator writes them, to lower-case FQDNs with their last dot.</summary>
internal static class ZoneText
{
    private const int MaxNameOctets = 255;
    private const int MaxLabelOctets = 63;

    /// <summary>A domain name; backslash escapes (RFC 1035 §5.1) are counted and kept.</summary>
    public static bool TryParseName(string text, out string name, [NotNullWhen(false)] out string? error)
    {
        name = "";
        error = null;
        if (text is ".")
        {
            name = ".";
            return true;
        }

        // One octet for each label's length, one for the root.
        int octets = 1;
        int label = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is <= ' ' or > '~')
            {
                error = $"{Shown.Text(text)} is not a domain name: write other characters than ASCII as xn-- labels";
                return false;
            }

            if (c == '.')
            {
                if (!TryCloseLabel(text, ref label, ref octets, out error))
                {
                    return false;
                }

                continue;
            }

            if (c == '\\' && !TrySkipEscape(text, ref i))
            {
                error = $"{Shown.Text(text)} is not a domain name: a backslash needs a character or three digits";
                return false;
            }

            label++;
        }

        bool closed = text.EndsWith('.') && label == 0;
        if (!closed && !TryCloseLabel(text, ref label, ref octets, out error))
        {
            return false;
        }

        if (octets > MaxNameOctets)
        {
            error = $"{Shown.Text(text)} is not a domain name: longer than {MaxNameOctets} octets";
            return false;
        }

        name = closed ? text.ToLowerInvariant() : text.ToLowerInvariant() + ".";
        return true;
    }

    /// <summary>A zone: a name, or a network in CIDR notation that stands for its reverse zones.</summary>
    public static bool TryParseZones(string text, out ImmutableArray<string> zones, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (text.Contains('/', StringComparison.Ordinal) && AddressText.TryParseNetwork(text, out IPNetwork network))
        {
            zones = ReverseZones.Of(network);
            return true;
        }

        bool parsed = TryParseName(text, out string name, out error);
        zones = parsed ? [name] : [];
        return parsed;
    }

    private static bool TryCloseLabel(string text, ref int label, ref int octets, [NotNullWhen(false)] out string? error)
    {
        error = label switch
        {
            0 => text.Length == 0
                ? "expected a domain name, found \"\""
                : $"{Shown.Text(text)} is not a domain name: it has an empty label",
            > MaxLabelOctets => $"{Shown.Text(text)} is not a domain name: a label is longer than {MaxLabelOctets} octets",
            _ => null,
        };
        octets += label + 1;
        label = 0;
        return error is null;
    }

    private static bool TrySkipEscape(string text, ref int i)
    {
        if (i + 1 >= text.Length)
        {
            return false;
        }

        if (!char.IsAsciiDigit(text[i + 1]))
        {
            i++;
            return text[i] is > ' ' and <= '~';
        }

        bool octet = i + 3 < text.Length && AddressText.TryParseNumber(text.AsSpan(i + 1, 3), 0, 255, out _);
        i += 3;
        return octet;
    }
}
