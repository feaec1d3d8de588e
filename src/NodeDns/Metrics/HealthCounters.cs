using System;
using System.Threading;

namespace NodeDns.Metrics;

/// <summary>How the server's own questions went; written by the one loop that asks them.</summary>
internal sealed class HealthCounters
{
    private readonly long[] _cells = new long[Buckets.Health.Count];
    private long _sum;
    private long _failures;

    public ReadOnlySpan<long> Cells => _cells;

    public long SumMicroseconds => Volatile.Read(ref _sum);

    public long Failures => Volatile.Read(ref _failures);

    public void CountAnswer(TimeSpan after)
    {
        long microseconds = (long)after.TotalMicroseconds;
        _cells[Buckets.Health.IndexOf(microseconds)]++;
        Volatile.Write(ref _sum, _sum + microseconds);
    }

    public void CountFailure() => Volatile.Write(ref _failures, _failures + 1);
}
