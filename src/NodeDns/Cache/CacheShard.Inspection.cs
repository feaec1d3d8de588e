using System;
using System.Threading;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <content>For whoever looks into the cache or takes something out of it: the control plane.</content>
internal sealed partial class CacheShard
{
    /// <summary>Steps of a walk over all slots.</summary>
    public uint Steps => (uint)_index.Words;

    public long UsedBytes => _probation.Used + _main.Used;

    /// <summary>
    /// Copies the entry at one step of a walk; null where there is none. Takes no lock: as in a lookup, the copy counts only
    /// if the slot still says the same behind it.
    /// </summary>
    public CacheEntry? Read(uint step, int shard)
    {
        int index = _index.SlotAt(step);
        for (int attempt = 0; index >= 0 && attempt < CacheLimits.MaxReadAttempts; attempt++)
        {
            ulong slot = _index.Read(index);
            if (slot == 0)
            {
                return null;
            }

            int offset = OffsetOf(slot);
            EntryHeader header = HeaderAt(offset);
            int start = offset + EntryHeader.Size;
            int end = start + header.MessageLength + (header.TtlCount * 2);
            if (end > _memory.Length || header.MessageLength < WireLimits.HeaderLength + header.NameLength)
            {
                continue;
            }

            byte[] message = _memory.AsSpan(start, header.MessageLength).ToArray();
            byte[] ttlOffsets = _memory.AsSpan(start + header.MessageLength, header.TtlCount * 2).ToArray();
            bool isKept = _main.Contains(offset);

            // ORDERING: the copies' loads may not move below this second look at the slot, which validates them.
            Volatile.ReadBarrier();
            if (_index.Read(index) == slot)
            {
                return new CacheEntry(header, message, ttlOffsets)
                {
                    Hits = _hits[index],
                    IsKept = isKept,
                    Shard = shard,
                    Slot = index,
                    Word = slot,
                };
            }
        }

        return null;
    }

    /// <summary>Takes an entry out; false when it is not there any more.</summary>
    public bool Remove(CacheEntry entry)
    {
        _gate.Enter();
        bool isThere = _index.Read(entry.Slot) == entry.Word;
        if (isThere)
        {
            Unlink(entry.Slot);
        }

        _gate.Exit();
        return isThere;
    }

    /// <summary>The steps at which entries of a name can be.</summary>
    public uint FirstStep(ulong nameHash) => _index.StepOf(_index.Bucket(nameHash));
}
