namespace NodeDns.Cache;

/// <summary>Fingerprints of names that left probation unasked: when one comes back it is worth keeping.</summary>
/// <remarks>
/// The "ghost" of S3-FIFO (SOSP 2023), kept as a direct-mapped table. It is what lets a hot name whose first life fell
/// into a flood of one-time names enter the main ring at its second miss. Guarded by its shard's gate.
/// </remarks>
internal sealed class GhostTable(int places)
{
    private readonly uint[] _places = new uint[places];

    public void Add(ulong hash) => _places[Place(hash)] = Fingerprint(hash);

    public bool Remove(ulong hash)
    {
        ref uint place = ref _places[Place(hash)];
        if (place != Fingerprint(hash))
        {
            return false;
        }

        place = 0;
        return true;
    }

    private int Place(ulong hash) => (int)((hash >> 8) & (ulong)(_places.Length - 1));

    private static uint Fingerprint(ulong hash) => (uint)(hash >> 32) | 1;
}
