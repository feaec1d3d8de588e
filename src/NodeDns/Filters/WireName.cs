using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>Names of the config as the data plane compares them: wire form, lower case.</summary>
internal static class WireName
{
    /// <summary>For names that the Corefile reader has checked; anything else is a mistake of ours.</summary>
    public static byte[] Of(string name) =>
        TryParse(name, out byte[] wire) ? wire : throw new ArgumentException($"not a domain name: {name}", nameof(name));

    public static byte[][] Of(IEnumerable<string> names) => [.. names.Select(Of)];

    public static bool TryParse(ReadOnlySpan<char> text, out byte[] name)
    {
        Span<byte> wire = stackalloc byte[WireLimits.MaxNameLength];
        bool parsed = DomainName.TryParse(text, wire, out int length);
        name = new byte[parsed ? length : 0];
        if (parsed)
        {
            DomainName.Fold(wire[..length], name);
        }

        return parsed;
    }

    /// <summary>True where the name is one of the zones or below one; linear, for the few zones of a directive.</summary>
    public static bool IsInAny(ReadOnlySpan<byte> foldedName, byte[][] zones)
    {
        foreach (byte[] zone in zones)
        {
            if (DomainName.IsSameOrBelow(foldedName, zone))
            {
                return true;
            }
        }

        return false;
    }
}
