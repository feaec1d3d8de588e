using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using NodeDns.Wire;

namespace NodeDns.Top;

/// <summary>The sum of all sketches at one look.</summary>
internal sealed class TopReport
{
    private readonly Dictionary<string, (long Count, long Error)> _names = [];
    private readonly Dictionary<string, (long Count, long Error)> _clients = [];

    public long Total { get; set; }

    /// <summary>Queries by the time they took here, in powers of two of nanoseconds.</summary>
    public long[] Here { get; } = new long[TopLimits.LatencyBuckets];

    /// <summary>The same for those that waited for an upstream.</summary>
    public long[] Waited { get; } = new long[TopLimits.LatencyBuckets];

    public IEnumerable<(string Text, long Count, long Error)> Names => Most(_names);

    public IEnumerable<(string Text, long Count, long Error)> Clients => Most(_clients);

    public void AddName(ReadOnlySpan<byte> wire, uint count, uint error) => Add(_names, DomainName.ToText(wire), count, error);

    public void AddClient(ReadOnlySpan<byte> address, uint count, uint error) =>
        Add(_clients, new IPAddress(address).ToString(), count, error);

    /// <summary>The upper bound of the bucket below which this share of the queries is; 0 when there are none.</summary>
    public static TimeSpan Quantile(long[] buckets, double share)
    {
        long total = buckets.Sum();
        long below = 0;
        for (int i = 0; i < buckets.Length && total > 0; i++)
        {
            below += buckets[i];
            if (below >= share * total)
            {
                return TimeSpan.FromTicks(Math.Max(1, (1L << i) / 100));
            }
        }

        return TimeSpan.Zero;
    }

    private static void Add(Dictionary<string, (long Count, long Error)> all, string key, uint count, uint error)
    {
        (long Count, long Error) before = all.GetValueOrDefault(key);
        all[key] = (before.Count + count, before.Error + error);
    }

    private static IEnumerable<(string Text, long Count, long Error)> Most(Dictionary<string, (long Count, long Error)> all) =>
        all.Where(one => one.Value.Count > 0).OrderByDescending(one => one.Value.Count - one.Value.Error)
            .ThenBy(one => one.Key, StringComparer.Ordinal).Take(TopLimits.Shown)
            .Select(one => (one.Key, one.Value.Count, one.Value.Error));
}
