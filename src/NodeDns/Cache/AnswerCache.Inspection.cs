using System;
using System.Collections.Generic;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <content>For whoever looks into the cache or takes something out of it: the control plane.</content>
internal sealed partial class AnswerCache
{
    /// <summary>All entries, one at a time while they are asked for. What comes or goes meanwhile may or may not be seen.</summary>
    public IEnumerable<CacheEntry> Entries()
    {
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            for (uint step = 0; step < _shards[shard].Steps; step++)
            {
                if (_shards[shard].Read(step, shard) is { } entry)
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>What is stored for a name, whatever the type, zone and variant.</summary>
    public List<CacheEntry> EntriesOf(ReadOnlySpan<byte> foldedName)
    {
        List<CacheEntry> found = [];
        if (_hasVariants)
        {
            // Their hashes are not the name's alone: they can be anywhere.
            foreach (CacheEntry entry in Entries())
            {
                if (entry.Name.SequenceEqual(foldedName))
                {
                    found.Add(entry);
                }
            }

            return found;
        }

        ulong hash = DomainName.Hash(foldedName, Seed);
        int shard = _shards.Length == 1 ? 0 : (int)(hash >> _shardShift);
        uint first = _shards[shard].FirstStep(hash);
        for (uint step = first; step < first + CacheLimits.SlotsPerBucket; step++)
        {
            if (_shards[shard].Read(step, shard) is { } entry && entry.Name.SequenceEqual(foldedName))
            {
                found.Add(entry);
            }
        }

        return found;
    }

    /// <summary>Takes an entry out; false when it is not there any more.</summary>
    public bool Remove(CacheEntry entry) => _shards[entry.Shard].Remove(entry);
}
