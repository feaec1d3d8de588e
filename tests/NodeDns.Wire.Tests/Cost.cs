using System;
using System.Diagnostics;

namespace NodeDns.Wire.Tests;

/// <summary>Time of the best of several runs, which a busy machine cannot spoil as it does a single one.</summary>
internal static class Cost
{
    private const int Runs = 20;

    /// <summary>
    /// For the worst packet of 64 KiB; quadratic work takes hundreds of times as long even when optimised.
    /// </summary>
    public static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(20);

    public static TimeSpan OfBest(Action action)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return best;
    }
}
