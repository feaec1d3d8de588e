using System;
using System.Threading;

namespace NodeDns.Upstreams;

/// <summary>Recognises an upstream that answers over UDP with little but TC, and has it asked over TCP for a while.</summary>
/// <remarks>
/// A server that limits the rate of an address does that (Technitium: half of what is over 600 queries a minute gets TC,
/// half gets nothing), and all pods of a node share one address. Asking over TCP at once saves the truncated round trip
/// and the silence. Written by all workers without a lock: a window's counts may be off by a few, which no decision
/// hangs on.
/// </remarks>
internal sealed class TruncationWatch
{
    private long _windowEndsAt;
    private long _tcpUntil;
    private long _wait;
    private int _answers;
    private int _truncated;

    public bool UsesTcp(long now) => Volatile.Read(ref _tcpUntil) > now;

    /// <summary>How long TCP is used this time.</summary>
    public long WaitMilliseconds => Volatile.Read(ref _wait);

    /// <summary>An answer came over UDP; true when a storm begins with it.</summary>
    public bool OnAnswer(long now, bool isTruncated)
    {
        if (now >= Volatile.Read(ref _windowEndsAt))
        {
            Volatile.Write(ref _windowEndsAt, now + UpstreamLimits.StormWindowMilliseconds);
            Volatile.Write(ref _answers, 0);
            Volatile.Write(ref _truncated, 0);
        }

        int answers = Interlocked.Increment(ref _answers);
        if (!isTruncated)
        {
            return false;
        }

        int truncated = Interlocked.Increment(ref _truncated);
        long until = Volatile.Read(ref _tcpUntil);
        if (truncated < UpstreamLimits.StormTruncated || truncated * 100L < answers * (long)UpstreamLimits.StormPercent
            || until > now)
        {
            return false;
        }

        long before = Volatile.Read(ref _wait);
        bool isBack = until != 0 && now - until < before + UpstreamLimits.StormWindowMilliseconds;
        long wait = isBack
            ? Math.Min(before * 2, UpstreamLimits.MaxStormTcpMilliseconds)
            : UpstreamLimits.StormTcpMilliseconds;
        if (Interlocked.CompareExchange(ref _tcpUntil, now + wait, until) != until)
        {
            return false;
        }

        Volatile.Write(ref _wait, wait);
        Volatile.Write(ref _windowEndsAt, 0);
        return true;
    }
}
