using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace NodeDns.Config.Values;

/// <summary>The key of a server block: [scheme://]zone[:port].</summary>
internal static class ServerKeyText
{
    private static readonly Dictionary<string, string> s_refusedSchemes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tls"] = "clients inside a node have no use for DNS over TLS and there is no certificate to serve it with",
        ["quic"] = "DNS over QUIC is not served",
        ["grpc"] = "DNS over gRPC is not served",
        ["https"] = "DNS over HTTPS is not served",
        ["https3"] = "DNS over HTTP/3 is not served",
    };

    public static bool TryParse(
        string text, int defaultPort, out ImmutableArray<ServerKeyConfig> keys, [NotNullWhen(false)] out string? error)
    {
        keys = [];
        if (!TryStripScheme(ref text, out error))
        {
            return false;
        }

        if (!TrySplitPort(text, defaultPort, out string zone, out int port, out error))
        {
            return false;
        }

        if (zone.Contains(',', StringComparison.Ordinal))
        {
            error = $"{Shown.Text(text)} is not a zone; put a space after each comma between zones";
            return false;
        }

        if (!ZoneText.TryParseZones(zone, out ImmutableArray<string> zones, out error))
        {
            error += zone.Length == 0 ? $"; did you mean \".:{port}\"?" : "";
            return false;
        }

        keys = [.. zones.Select(z => new ServerKeyConfig(z, port))];
        return true;
    }

    /// <summary>A zone as an argument of a directive, where CoreDNS also takes, and ignores, a scheme and a port.</summary>
    public static bool TryParseZones(string text, out ImmutableArray<string> zones, [NotNullWhen(false)] out string? error)
    {
        zones = [];
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        text = scheme < 0 ? text : text[(scheme + 3)..];
        return TrySplitPort(text, 53, out string zone, out _, out error) && ZoneText.TryParseZones(zone, out zones, out error);
    }

    private static bool TryStripScheme(ref string text, [NotNullWhen(false)] out string? error)
    {
        error = null;
        int end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 0)
        {
            return true;
        }

        string scheme = text[..end];
        if (scheme.Equals("dns", StringComparison.OrdinalIgnoreCase))
        {
            text = text[(end + 3)..];
            return true;
        }

        error = s_refusedSchemes.TryGetValue(scheme, out string? reason)
            ? $"{scheme}:// cannot be listened on: {reason}; write {Shown.Text(text[(end + 3)..])}"
            : $"{Shown.Text(scheme)} is not a scheme; expected dns:// or none";
        return false;
    }

    /// <summary>What follows the last colon is the port when it is a number; ::1/128 has no port.</summary>
    private static bool TrySplitPort(
        string text, int defaultPort, out string zone, out int port, [NotNullWhen(false)] out string? error)
    {
        (zone, port, error) = (text, defaultPort, null);
        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return true;
        }

        string digits = text[(colon + 1)..];
        if (digits.Length == 0)
        {
            error = $"expected a port after the colon of {Shown.Text(text)}";
            return false;
        }

        if (!digits.All(char.IsAsciiDigit))
        {
            return true;
        }

        zone = text[..colon];
        if (AddressText.TryParseNumber(digits, 0, 65535, out port))
        {
            return true;
        }

        error = $"{Shown.Text(digits)} is not a port; expected 1 to 65535";
        return false;
    }
}
