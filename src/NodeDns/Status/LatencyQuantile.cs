using System;
using System.Linq;

namespace NodeDns.Status;

/// <summary>Quantiles of a histogram, by linear interpolation within a bucket as Prometheus does it.</summary>
internal static class LatencyQuantile
{
    /// <summary>Null without any count; what took longer than the last bound counts as the last bound.</summary>
    public static double? Of(double quantile, ReadOnlySpan<double> bounds, long[] counts)
    {
        long all = counts.Sum();
        double rank = quantile * all;
        double below = 0;
        for (int i = 0; i < bounds.Length && all > 0; i++)
        {
            if (below + counts[i] >= rank)
            {
                double start = i == 0 ? 0 : bounds[i - 1];
                return counts[i] == 0 ? start : start + ((bounds[i] - start) * ((rank - below) / counts[i]));
            }

            below += counts[i];
        }

        return all == 0 || bounds.IsEmpty ? null : bounds[^1];
    }
}
