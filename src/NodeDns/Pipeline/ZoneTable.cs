using System;
using System.Collections.Generic;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>The zones of one listen address; the longest zone that a name is in serves it.</summary>
/// <remarks>
/// One hash probe per label of the longest zone, not per zone: a hundred zones cost what four cost. Names with more
/// labels than any zone are not probed where no zone can be.
/// </remarks>
internal sealed class ZoneTable
{
    private const ulong Seed = 0x51_7C_C1_B7_27_22_0A_95;
    private readonly ZonePlan?[] _places;
    private readonly int _maxLabels;

    public ZoneTable(IReadOnlyList<ZonePlan> zones)
    {
        int places = 4;
        while (places < zones.Count * 4)
        {
            places <<= 1;
        }

        _places = new ZonePlan?[places];
        foreach (ZonePlan zone in zones)
        {
            _maxLabels = Math.Max(_maxLabels, DomainName.CountLabels(zone.Name));
            int place = Place(zone.Name);
            while (_places[place] is not null)
            {
                place = (place + 1) & (places - 1);
            }

            _places[place] = zone;
        }

        Zones = zones;
    }

    public IReadOnlyList<ZonePlan> Zones { get; }

    /// <summary>The number under which queries are counted that no zone serves, and those that are none.</summary>
    public int DroppedSeries { get; init; }

    /// <summary>The zone that serves a name, or null. A DS question belongs to the parent's side (RFC 4035 §3.1.4.1).</summary>
    public ZonePlan? Match(ReadOnlySpan<byte> foldedName, int labels, RecordType type)
    {
        ReadOnlySpan<byte> suffix = foldedName;
        while (labels > _maxLabels)
        {
            suffix = suffix[(suffix[0] + 1)..];
            labels--;
        }

        ZonePlan? own = null;
        while (true)
        {
            if (Find(suffix) is { } zone)
            {
                if (type != RecordType.DS || suffix.Length != foldedName.Length || labels == 0)
                {
                    return zone;
                }

                own = zone;
            }

            if (labels-- == 0)
            {
                return own;
            }

            suffix = suffix[(suffix[0] + 1)..];
        }
    }

    private ZonePlan? Find(ReadOnlySpan<byte> suffix)
    {
        for (int place = Place(suffix); _places[place] is { } zone; place = (place + 1) & (_places.Length - 1))
        {
            if (suffix.SequenceEqual(zone.Name))
            {
                return zone;
            }
        }

        return null;
    }

    private int Place(ReadOnlySpan<byte> name) => (int)DomainName.Hash(name, Seed) & (_places.Length - 1);
}
