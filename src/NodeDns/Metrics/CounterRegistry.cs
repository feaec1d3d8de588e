using System;
using System.Collections.Generic;
using System.Threading;

namespace NodeDns.Metrics;

/// <summary>All threads' counters and all zones' numbers; summed when somebody looks.</summary>
internal sealed class CounterRegistry
{
    /// <summary>
    /// More sets of counters than this are never needed: one per worker and one per TCP pipeline at work. Should pools
    /// drop and make pipelines for ever, the last set is shared, and a count may be lost, but no memory.
    /// </summary>
    public const int MaxWorkers = 1024;

    /// <summary>The number of what belongs to no zone that is exported: tests, and pipelines without a plan.</summary>
    public const int Unlisted = 0;

    public const string DroppedZone = "dropped";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Server, string Zone), ZoneSeries> _byName = [];
    private WorkerCounters[] _workers = [];
    private ZoneSeries[] _zones = [];
    private int _version;

    public ReadOnlySpan<WorkerCounters> Workers => Volatile.Read(ref _workers);

    /// <summary>Every zone that was ever served, in the order of their numbers.</summary>
    public ReadOnlySpan<ZoneSeries> Zones => Volatile.Read(ref _zones);

    /// <summary>Changes when zones come, or when a plan describes them anew.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>What the zones of a plan in force are like was written into them.</summary>
    public void OnDescribed() => Interlocked.Increment(ref _version);

    public WorkerCounters Add()
    {
        lock (_gate)
        {
            if (_workers.Length == MaxWorkers)
            {
                return _workers[^1];
            }

            WorkerCounters counters = new();
            Volatile.Write(ref _workers, [.. _workers, counters]);
            return counters;
        }
    }

    /// <summary>The number of a zone at a listen address; the same for the same words.</summary>
    public ZoneSeries Zone(string server, string zone)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue((server, zone), out ZoneSeries? series))
            {
                series = new ZoneSeries(Unlisted + 1 + _zones.Length, server, zone);
                _byName.Add((server, zone), series);
                Volatile.Write(ref _zones, [.. _zones, series]);
                OnDescribed();
            }

            return series;
        }
    }

    public long Sum(Func<WorkerCounters, long> counter)
    {
        long sum = 0;
        foreach (WorkerCounters counters in Workers)
        {
            sum += counter(counters);
        }

        return sum;
    }

    /// <summary>Adds up a zone's cells over all threads.</summary>
    public void Sum(ZoneSeries series, Span<long> cells)
    {
        cells.Clear();
        foreach (WorkerCounters worker in Workers)
        {
            if (worker.Find(series.Index) is not { } zone)
            {
                continue;
            }

            ReadOnlySpan<long> all = zone.All;
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] += all[i];
            }
        }
    }
}
