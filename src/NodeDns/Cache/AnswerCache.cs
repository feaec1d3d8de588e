using System;
using System.Runtime.InteropServices;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>The process-wide cache of answers as wire bytes, within a byte budget set at start.</summary>
/// <remarks>All members are safe from any thread; lookups take no lock and write nothing shared but a used-mark.</remarks>
internal sealed partial class AnswerCache
{
    private readonly CacheShard[] _shards;
    private readonly int _shardShift;
    private bool _hasVariants;

    public AnswerCache(long budgetBytes, int workers)
    {
        budgetBytes = Math.Clamp(budgetBytes, CacheLimits.MinBudgetBytes, CacheLimits.MaxBudgetBytes);
        int shards = 1;
        int bits = 0;

        // Writers of different shards never meet; a shard below 4 MiB would be short of room for large answers, one
        // above 1 GiB would not be an array of bytes for long.
        while ((shards < workers * 2 && budgetBytes / (shards * 2) >= 4 << 20) || budgetBytes / shards > 1 << 30)
        {
            shards <<= 1;
            bits++;
        }

        _shardShift = 64 - bits;
        _shards = new CacheShard[shards];
        for (int i = 0; i < shards; i++)
        {
            _shards[i] = new CacheShard((int)(budgetBytes / shards), Occupancy);
        }

        BudgetBytes = budgetBytes;
        Seed = KernelRandom.NextUInt64();
    }

    /// <summary>Of the hash of names, new in every process, so that nobody can aim names at one bucket.</summary>
    public ulong Seed { get; }

    public long BudgetBytes { get; }

    public CacheOccupancy Occupancy { get; } = new();

    /// <summary>How long the failures of questions are believed.</summary>
    public FailureBackoff Failures { get; } = new();

    public LookupStatus TryGet(
        in CacheKey key, long now, in TtlPolicy policy, Span<byte> destination, out CachedAnswer answer) =>
        ShardOf(key.NameHash).TryGet(key, now, policy, destination, out answer);

    public int CountHit(in CacheKey key, int slot) => ShardOf(key.NameHash).CountHit(slot);

    public void ResetHits(in CacheKey key, int slot) => ShardOf(key.NameHash).ResetHits(slot);

    /// <summary>Stores a complete entry; false when it is too large to be kept.</summary>
    public bool Store(ReadOnlySpan<byte> entry, RecordType askedType, long now)
    {
        ref readonly EntryHeader header = ref MemoryMarshal.AsRef<EntryHeader>(entry);
        if ((header.KeyFlags & CacheKeyFlags.WithOptions) != 0)
        {
            _hasVariants = true;
        }

        return ShardOf(header.NameHash).Store(entry, askedType, now);
    }

    /// <summary>Begins to fetch the bucket of a name that will be looked up shortly.</summary>
    public void PrefetchBucket(ulong nameHash) => ShardOf(nameHash).PrefetchBucket(nameHash);

    /// <summary>Begins to fetch the entries of a name whose bucket has arrived.</summary>
    public void PrefetchEntries(ulong nameHash) => ShardOf(nameHash).PrefetchEntries(nameHash);

    /// <summary>Bytes between tail and head of all rings.</summary>
    public long UsedBytes
    {
        get
        {
            long used = 0;
            foreach (CacheShard shard in _shards)
            {
                used += shard.UsedBytes;
            }

            return used;
        }
    }

    private CacheShard ShardOf(ulong hash) =>
        _shards[_shards.Length == 1 ? 0 : (int)(hash >> _shardShift)];
}
