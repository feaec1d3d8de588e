using System;
using System.Threading;
using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>Histograms of times in microseconds, one for each response code that was seen.</summary>
/// <remarks>Shared by all workers, on the way of an upstream's answer: two interlocked adds there are nothing.</remarks>
internal sealed class LatencyByRcode
{
    private readonly long[]?[] _cells = new long[LabelValues.Rcodes.Length][];

    public void Add(ResponseCode rcode, long microseconds)
    {
        long[] cells = Volatile.Read(ref _cells[LabelValues.RcodeIndex(rcode)]) ?? Make(LabelValues.RcodeIndex(rcode));
        Interlocked.Increment(ref cells[Buckets.Durations.IndexOf(microseconds)]);
        Interlocked.Add(ref cells[^1], microseconds);
    }

    /// <summary>The cells of a code and behind them the sum; empty for one that was never seen.</summary>
    public ReadOnlySpan<long> Of(int rcode) => Volatile.Read(ref _cells[rcode]);

    private long[] Make(int rcode)
    {
        long[] made = new long[Buckets.Durations.Count + 1];
        return Interlocked.CompareExchange(ref _cells[rcode], made, null) ?? made;
    }
}
