using System;

namespace NodeDns.Top;

/// <summary>The bounds of what is kept about names and clients while somebody looks.</summary>
internal static class TopLimits
{
    /// <summary>Names, and clients, that one sketch follows; what is asked more often than one query in 256 is surely among them.</summary>
    public const int Entries = 256;

    /// <summary>Shown of either kind.</summary>
    public const int Shown = 50;

    /// <summary>Powers of two of nanoseconds: up to 2^40 ns, some 18 minutes.</summary>
    public const int LatencyBuckets = 41;

    /// <summary>How long the sketches stay on after the last look.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>So that the timer does not come a moment before the time it is for.</summary>
    public static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(50);

    /// <summary>How often what is counted is halved, so that the present counts more than the past.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);
}
