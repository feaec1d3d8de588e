using System;
using System.Threading;

namespace NodeDns.Pipeline;

/// <summary>Notices that what this server forwards comes back to it (<c>loop</c>).</summary>
/// <remarks>
/// A probe with a name nobody can guess is asked once; seen twice, it went around. Unlike CoreDNS the process never
/// ends for it (CVE-2026-26018): the zone's misses fail at once until a later probe does not come back.
/// </remarks>
internal sealed class LoopGuard
{
    private byte[]? _probe;
    private int _seen;
    private volatile bool _isLooping;

    public bool IsLooping => _isLooping;

    public void Begin(byte[] foldedProbeName)
    {
        Volatile.Write(ref _seen, 0);
        Volatile.Write(ref _probe, foldedProbeName);
    }

    /// <summary>Ends a probe; true when the verdict changed.</summary>
    public bool End()
    {
        Volatile.Write(ref _probe, null);
        bool isLooping = Volatile.Read(ref _seen) > 1;
        bool changed = isLooping != _isLooping;
        _isLooping = isLooping;
        return changed;
    }

    /// <summary>Called for every HINFO question; true for the probe itself, which must go its way.</summary>
    public bool Sees(ReadOnlySpan<byte> foldedName)
    {
        if (Volatile.Read(ref _probe) is not { } probe || !foldedName.SequenceEqual(probe))
        {
            return false;
        }

        Interlocked.Increment(ref _seen);
        return true;
    }
}
