using System;
using System.Threading;

namespace NodeDns.Cache;

/// <summary>How long the failure of a question is kept: five seconds at first, twice as long each time it fails again.</summary>
/// <remarks>
/// RFC 9520 §3.2: at least one second, at most five minutes. Direct mapped and fixed in size, as
/// <see cref="RefreshBackoff"/>: a question that loses its place to another begins anew. Each place is one
/// 64-bit word: 32 bits of hash, 4 of level, 28 of seconds.
/// </remarks>
internal sealed class FailureBackoff
{
    private const int Places = 16384;
    private const int LevelShift = 28;
    private const uint SecondsMask = (1u << LevelShift) - 1;
    private readonly ulong[] _places = new ulong[Places];

    /// <summary>The question failed again; returns for how many seconds that is to be believed.</summary>
    public uint OnFailure(ulong questionHash, long nowMilliseconds, long capMilliseconds)
    {
        uint cap = (uint)((Math.Min(capMilliseconds, CacheLimits.MaxFailureMilliseconds) + 999) / 1000);
        uint now = (uint)(nowMilliseconds / 1000) & SecondsMask;
        ref ulong place = ref _places[questionHash % Places];
        ulong last = Volatile.Read(ref place);
        int level = 0;
        if ((last >> 32) == (questionHash >> 32))
        {
            uint until = (uint)last & SecondsMask;
            bool isForgotten = now > until + CacheLimits.FailureMemorySeconds;
            level = isForgotten ? 0 : Math.Min((int)((uint)last >> LevelShift) + 1, CacheLimits.MaxFailureLevel);
        }

        uint seconds = Math.Min(CacheLimits.FirstFailureSeconds << level, cap);
        Volatile.Write(
            ref place,
            (questionHash >> 32 << 32) | ((ulong)level << LevelShift) | ((now + seconds) & SecondsMask));
        return seconds;
    }

    /// <summary>The question was answered.</summary>
    public void Clear(ulong questionHash)
    {
        ref ulong place = ref _places[questionHash % Places];
        if ((Volatile.Read(ref place) >> 32) == (questionHash >> 32))
        {
            Volatile.Write(ref place, 0);
        }
    }
}
