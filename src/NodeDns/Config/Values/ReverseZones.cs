using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;

namespace NodeDns.Config.Values;

/// <summary>The in-addr.arpa and ip6.arpa zones that together cover a network.</summary>
/// <remarks>
/// Zones end at whole octets (IPv4) or nibbles (IPv6), so a mask in between gives several: at most 128 for IPv4 and
/// 8 for IPv6.
/// </remarks>
internal static class ReverseZones
{
    public static ImmutableArray<string> Of(IPNetwork network)
    {
        byte[] address = network.BaseAddress.GetAddressBytes();
        bool ipv4 = address.Length == 4;
        int unitBits = ipv4 ? 8 : 4;
        int units = (network.PrefixLength + unitBits - 1) / unitBits;
        int count = 1 << ((units * unitBits) - network.PrefixLength);

        var zones = ImmutableArray.CreateBuilder<string>(count);
        for (int i = 0; i < count; i++)
        {
            IEnumerable<string> labels = Enumerable.Range(0, units)
                .Select(unit => Label(address, unit, unit == units - 1 ? i : 0, ipv4))
                .Reverse()
                .Append(ipv4 ? "in-addr.arpa." : "ip6.arpa.");
            zones.Add(string.Join('.', labels));
        }

        return zones.MoveToImmutable();
    }

    private static string Label(byte[] address, int unit, int offset, bool ipv4)
    {
        if (ipv4)
        {
            return FormattableString.Invariant($"{address[unit] + offset}");
        }

        int nibble = (unit & 1) == 0 ? address[unit / 2] >> 4 : address[unit / 2] & 15;
        return FormattableString.Invariant($"{nibble + offset:x}");
    }
}
