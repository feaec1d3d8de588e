using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeDns.Config.Values;

/// <summary>Addresses, networks and ports as an operator writes them.</summary>
internal static class AddressText
{
    /// <summary>An IPv4 address in four decimal parts or an IPv6 address; .NET's own reader also takes 127.1 and 0x7f.1.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!text.Contains(':'))
        {
            return IsDottedQuad(text) && TryParseCore(text, out address);
        }

        // [::1] is an address with a port's brackets, not an address.
        return text[0] != '[' && text[^1] != ']' && !text.Contains('/') && TryParseCore(text, out address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>An address whose %scope is dropped when this machine does not know it, as CoreDNS drops it always.</summary>
    public static bool TryParseWithScope(ReadOnlySpan<char> text, out IPAddress address)
    {
        int percent = text.IndexOf('%');
        return TryParse(text, out address) || (percent > 0 && TryParse(text[..percent], out address));
    }

    /// <summary>ADDRESS/BITS; the bits behind the mask may be anything, as in Go.</summary>
    public static bool TryParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && TryParse(text.AsSpan(0, slash), out IPAddress address)
            && TryParseNumber(text.AsSpan(slash + 1), 0, address.GetAddressBytes().Length * 8, out int bits)
            && TryMask(address, bits, out network);
    }

    /// <summary>A network, or a single address as a network of its own.</summary>
    public static bool TryParseNetworkOrAddress(string text, out IPNetwork network)
    {
        network = default;
        return text.Contains('/', StringComparison.Ordinal)
            ? TryParseNetwork(text, out network)
            : TryParse(text, out IPAddress address)
                && TryMask(address, address.GetAddressBytes().Length * 8, out network);
    }

    public static bool TryParsePort(ReadOnlySpan<char> text, out int port) => TryParseNumber(text, 1, 65535, out port);

    /// <summary>Decimal digits only: no sign, no spaces, no leading zeros worth more than the number.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, int min, int max, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;

    /// <summary>HOST:PORT or [HOST]:PORT split at the last colon outside brackets; host may be empty.</summary>
    public static bool TrySplitHostPort(string text, out string host, out string port)
    {
        host = port = "";
        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        host = text[..colon];
        port = text[(colon + 1)..];
        if (host.StartsWith('['))
        {
            if (!host.EndsWith(']'))
            {
                return false;
            }

            host = host[1..^1];
            return true;
        }

        // "fe80::1" is an address without a port, not the host "fe80:" with port 1.
        return !host.Contains(':', StringComparison.Ordinal);
    }

    private static bool TryMask(IPAddress address, int bits, out IPNetwork network)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int keep = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - keep));
        }

        network = new IPNetwork(new IPAddress(bytes), bits);
        return true;
    }

    private static bool TryParseCore(ReadOnlySpan<char> text, out IPAddress address)
    {
        bool parsed = IPAddress.TryParse(text, out IPAddress? found);
        address = found ?? IPAddress.None;
        return parsed;
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (!TryParseNumber(part, 0, 255, out _) || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            parts++;
        }

        return parts == 4;
    }
}
