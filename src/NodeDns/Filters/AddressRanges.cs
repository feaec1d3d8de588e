using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Sockets;

namespace NodeDns.Filters;

/// <summary>A set of networks, as sorted ranges of addresses that do not touch.</summary>
/// <remarks>Immutable; a look-up is a binary search without allocation, so a list of thousands costs little.</remarks>
internal sealed class AddressRanges
{
    private readonly Range<uint>[] _v4;
    private readonly Range<UInt128>[] _v6;

    private AddressRanges(Range<uint>[] v4, Range<UInt128>[] v6)
    {
        _v4 = v4;
        _v6 = v6;
    }

    private readonly record struct Range<T>(T First, T Last)
        where T : struct, IComparable<T>;

    public static AddressRanges Compile(IEnumerable<IPNetwork> networks)
    {
        List<Range<uint>> v4 = [];
        List<Range<UInt128>> v6 = [];
        foreach (IPNetwork network in networks)
        {
            byte[] address = network.BaseAddress.GetAddressBytes();
            if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            {
                uint mask = network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength);
                uint first = BinaryPrimitives.ReadUInt32BigEndian(address) & mask;
                v4.Add(new Range<uint>(first, first | ~mask));
            }
            else
            {
                UInt128 mask = network.PrefixLength == 0 ? 0 : UInt128.MaxValue << (128 - network.PrefixLength);
                UInt128 first = BinaryPrimitives.ReadUInt128BigEndian(address) & mask;
                v6.Add(new Range<UInt128>(first, first | ~mask));
            }
        }

        return new AddressRanges(Merge(v4), Merge(v6));
    }

    public bool Contains(in PeerAddress address) => Contains(address.AddressBytes);

    /// <summary>4 or 16 bytes in network order.</summary>
    public bool Contains(ReadOnlySpan<byte> address) => address.Length == 4
        ? Contains(_v4, BinaryPrimitives.ReadUInt32BigEndian(address))
        : Contains(_v6, BinaryPrimitives.ReadUInt128BigEndian(address));

    private static bool Contains<T>(Range<T>[] ranges, T address)
        where T : struct, IComparable<T>
    {
        int low = 0;
        int high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (address.CompareTo(ranges[middle].First) < 0)
            {
                high = middle - 1;
            }
            else if (address.CompareTo(ranges[middle].Last) > 0)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    // Networks either contain each other or are apart, so dropping the contained ones leaves disjoint ranges.
    private static Range<T>[] Merge<T>(List<Range<T>> ranges)
        where T : struct, IComparable<T>
    {
        List<Range<T>> merged = [];
        foreach (Range<T> range in ranges.OrderBy(r => r.First).ThenByDescending(r => r.Last))
        {
            if (merged.Count == 0 || range.First.CompareTo(merged[^1].Last) > 0)
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }
}
