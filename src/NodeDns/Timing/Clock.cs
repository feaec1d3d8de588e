using System;
using System.Diagnostics;
using System.Threading;

namespace NodeDns.Timing;

/// <summary>The one clock of the program: monotonic milliseconds since start, moved forward only by time and by tests.</summary>
/// <remarks>
/// Every TTL, stale limit, health and retry timer reads this clock, never the wall clock, so an NTP step changes
/// nothing. The test clock adds an offset; whoever sleeps until a moment subscribes to <see cref="Advanced"/>.
/// </remarks>
internal sealed class Clock
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _offsetMilliseconds;

    /// <summary>Raised after the test clock jumped, on the thread that moved it.</summary>
    public event Action? Advanced;

    /// <summary>Milliseconds since the start of the process; begins above zero so that 0 can mean "never".</summary>
    public long NowMilliseconds =>
        1_000_000 + (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds + Volatile.Read(ref _offsetMilliseconds);

    /// <summary>The same moment in microseconds.</summary>
    public long NowMicroseconds =>
        1_000_000_000 + (long)Stopwatch.GetElapsedTime(_start).TotalMicroseconds
        + (Volatile.Read(ref _offsetMilliseconds) * 1000);

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _offsetMilliseconds, (long)by.TotalMilliseconds);
        Advanced?.Invoke();
    }
}
