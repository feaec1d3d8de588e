using System;
using System.Threading;

namespace NodeDns.Metrics;

/// <summary>What one thread counts. Only that thread writes; a scrape reads whatever stands there.</summary>
/// <remarks>
/// Plain additions to memory no other core writes: counting takes no interlocked operation on any hit. What belongs to a
/// zone is in that zone's <see cref="ZoneCounters"/>, found by the number the zone's plan holds.
/// </remarks>
internal sealed class WorkerCounters : PaddingBefore
{
    private ZoneCounters?[] _zones = new ZoneCounters?[16];
    private ZoneCounters[] _untimed = new ZoneCounters[64];
    private int _untimedCount;
    private readonly long[] _staleAges = new long[Buckets.StaleAges.Count];

    public long Queries;
    public long Coalesced;
    public long Ignored;
    public long InFlightFull;

    /// <summary>Misses turned away because their client holds its share of the in-flight table.</summary>
    public long ClientShareFull;

    /// <summary>Misses turned away because too many wait for the same question.</summary>
    public long QuestionShareFull;
    public long RepliesDropped;
    public long UnexpectedErrors;
    public long HealthcheckBroken;
    public long StaleAgeSeconds;

    /// <summary>Turns of the worker's loop: one that stands still is stuck.</summary>
    public long Turns;

    /// <summary>Counts a miss turned away at a bound: the client's, the question's, or the process's.</summary>
    public void CountRefused(bool isOfClient, bool isOfQuestion)
    {
        ref long counter = ref isOfClient ? ref ClientShareFull : ref isOfQuestion ? ref QuestionShareFull : ref InFlightFull;
        counter++;
    }

#pragma warning disable CS0169, IDE0044, IDE0051, CA1823 // Nobody reads padding.
    private Padding _after;
#pragma warning restore

    public ReadOnlySpan<long> StaleAges => _staleAges;

    /// <summary>The block of a zone; a thread's first query for a zone makes it.</summary>
    public ZoneCounters Zone(int series)
    {
        ZoneCounters?[] zones = _zones;
        return (uint)series < (uint)zones.Length && zones[series] is { } zone ? zone : AddZone(series);
    }

    /// <summary>The block of a zone if there is one; for scrapes.</summary>
    public ZoneCounters? Find(int series)
    {
        ZoneCounters?[] zones = Volatile.Read(ref _zones);
        return series < zones.Length ? Volatile.Read(ref zones[series]) : null;
    }

    /// <summary>A query of a zone was answered and leaves with its batch.</summary>
    public void TimeWithBatch(ZoneCounters zone)
    {
        if (zone.TimeWithBatch())
        {
            if (_untimedCount == _untimed.Length)
            {
                Array.Resize(ref _untimed, _untimedCount * 2);
            }

            _untimed[_untimedCount++] = zone;
        }
    }

    /// <summary>The replies of a batch are on their way.</summary>
    public void EndBatch(long microseconds)
    {
        int bucket = Buckets.Durations.IndexOf(microseconds);
        for (int i = 0; i < _untimedCount; i++)
        {
            _untimed[i].EndBatch(bucket, microseconds);
        }

        _untimedCount = 0;
    }

    public void CountStale(long ageSeconds)
    {
        _staleAges[Buckets.StaleAges.IndexOf(ageSeconds)]++;
        StaleAgeSeconds += ageSeconds;
    }

    private ZoneCounters AddZone(int series)
    {
        ZoneCounters zone = new();
        ZoneCounters?[] zones = _zones;
        if (series >= zones.Length)
        {
            Array.Resize(ref zones, Math.Max(series + 1, zones.Length * 2));
        }

        // ORDERING: the block is complete before a scrape can find it.
        Volatile.Write(ref zones[series], zone);
        Volatile.Write(ref _zones, zones);
        return zone;
    }
}
