using System;
using System.Numerics;

namespace NodeDns.Load;

/// <summary>Counts of durations in buckets that are 1/64 wide (1.6 %), from nanoseconds to minutes.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int SubBuckets = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits + 1) * SubBuckets];
    private long _total;

    public long MaxNanoseconds { get; private set; }

    public void Add(long nanoseconds)
    {
        long value = Math.Max(0, nanoseconds);
        _counts[Index((ulong)value)]++;
        _total++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, value);
    }

    /// <summary>The duration that this share of all durations does not exceed; 0 when there are none.</summary>
    public long Quantile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(_total * share));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                return Math.Min(UpperEnd(i), MaxNanoseconds);
            }
        }

        return MaxNanoseconds;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        _total = 0;
        MaxNanoseconds = 0;
    }

    // Values below SubBuckets count exactly; above, each power of two is cut into SubBuckets equal parts.
    private static int Index(ulong value)
    {
        int shift = Math.Max(0, 63 - BitOperations.LeadingZeroCount(value | 1) - SubBits);
        return (shift * SubBuckets) + (int)(value >> shift);
    }

    private static long UpperEnd(int index)
    {
        int shift = Math.Max(0, (index / SubBuckets) - 1);
        long part = index - (shift * SubBuckets);
        return ((part + 1) << shift) - 1;
    }
}
