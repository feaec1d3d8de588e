using System.Threading;

namespace NodeDns.Cache;

/// <summary>Remembers for which questions a refresh failed a short while ago (RFC 8767 §5, failure recheck timer).</summary>
/// <remarks>
/// Direct mapped and fixed in size: two questions that share a place overwrite each other, which costs one more attempt
/// and nothing else. Each place is one 64-bit word (32 bits of hash, 32 bits of seconds), so no lock is needed.
/// </remarks>
internal sealed class RefreshBackoff
{
    private const int Places = 16384;
    private readonly ulong[] _places = new ulong[Places];

    public bool IsBackedOff(ulong questionHash, long nowMilliseconds)
    {
        ulong place = Volatile.Read(ref _places[questionHash % Places]);
        return (place >> 32) == (questionHash >> 32) && (long)(uint)place * 1000 > nowMilliseconds;
    }

    public void BackOff(ulong questionHash, long untilMilliseconds) =>
        Volatile.Write(
            ref _places[questionHash % Places],
            (questionHash >> 32 << 32) | (uint)((untilMilliseconds + 999) / 1000));

    public void Clear(ulong questionHash)
    {
        ref ulong place = ref _places[questionHash % Places];
        if ((Volatile.Read(ref place) >> 32) == (questionHash >> 32))
        {
            Volatile.Write(ref place, 0);
        }
    }
}
