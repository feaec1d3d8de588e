using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Threading;
using NodeDns.Linux.Memory;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>One independent part of the cache: an index of one-line buckets over two rings of entries.</summary>
/// <remarks>
/// <para>Readers take no lock. A reader loads a slot, copies the entry, and loads the slot again: the copy counts only if the slot
/// did not change. A writer clears or replaces a slot before the memory behind it may be written, so an unchanged slot proves an
/// unchanged entry (the lap keeps it from repeating before 4,095 laps). A reader writes nothing shared but a used-mark.</para>
/// <para>Replacement is S3-FIFO: new names enter a small probation ring; at its end those asked again move to the main
/// ring, the others leave a fingerprint in the ghost table. The main ring gives an entry that was used one more lap.
/// A flood of one-time names therefore passes through an eighth of the memory and evicts nothing that is in use.</para>
/// </remarks>
internal sealed partial class CacheShard
{
    private readonly byte[] _memory;
    private readonly CacheIndex _index;
    private readonly byte[] _hits;
    private readonly byte[] _moving = new byte[CacheLimits.MaxEntryBytes];
    private readonly GhostTable _ghosts;
    private readonly CacheOccupancy _occupancy;
    private readonly int _start;
    private Ring _probation;
    private Ring _main;
    private SpinGate _gate;
    private uint _scan;

    public CacheShard(int bytes, CacheOccupancy occupancy)
    {
        // The pinned heap is never moved, and an array of bytes is never scanned. Uninitialised: pages that no entry
        // has reached yet take no memory.
        _memory = GC.AllocateUninitializedArray<byte>(bytes + CacheLine.Bytes, pinned: true);
        int start = CacheLine.Offset(_memory);
        int probation = bytes / CacheLimits.ProbationDivisor & -CacheLimits.EntryAlignment;
        _probation = new Ring(start, probation);
        _main = new Ring(start + probation, (bytes - probation) & -CacheLimits.EntryAlignment);
        _start = start;

        int buckets = 1;
        while (buckets * CacheLimits.SlotsPerBucket * CacheLimits.BytesPerSlot < bytes)
        {
            buckets <<= 1;
        }

        _index = new CacheIndex(buckets);
        _hits = new byte[(buckets + 1) * CacheLimits.WordsPerBucket];
        _ghosts = new GhostTable(buckets * CacheLimits.WordsPerBucket / 2);
        _occupancy = occupancy;
    }

    /// <summary>Largest entry this shard takes; a larger answer is served but not stored.</summary>
    public int MaxEntryBytes => _probation.Length / 4;

    public LookupStatus TryGet(
        in CacheKey key, long now, in TtlPolicy policy, Span<byte> destination, out CachedAnswer answer)
    {
        for (int attempt = 0; attempt < CacheLimits.MaxReadAttempts; attempt++)
        {
            int index = Choose(key, now, out ulong seen);
            if (index < 0)
            {
                break;
            }

            if (TryCopy(seen, now, policy, destination, out answer))
            {
                // ORDERING: the copy's loads may not move below this second look at the slot, which validates them.
                Volatile.ReadBarrier();
                if (_index.Read(index) == seen)
                {
                    // Written only where it changes something: a line that is only read is shared by all cores.
                    ref byte used = ref _index.Used(index);
                    if (used == 0)
                    {
                        used = 1;
                    }

                    // An NXDOMAIN answers every type of its name (N1); the question it carries is the one asked now.
                    BinaryPrimitives.WriteUInt16BigEndian(
                        destination[(WireLimits.HeaderLength + key.Name.Length)..], (ushort)key.Type);
                    answer.Slot = index;
                    return answer.IsStale ? LookupStatus.Stale : LookupStatus.Fresh;
                }
            }
        }

        answer = default;
        answer.Slot = -1;
        return LookupStatus.Miss;
    }

    public void PrefetchBucket(ulong nameHash) => _index.Prefetch(nameHash);

    public void PrefetchEntries(ulong nameHash)
    {
        int first = _index.Bucket(nameHash);
        for (int index = first; index < first + CacheLimits.SlotsPerBucket; index++)
        {
            ulong slot = _index.Read(index);
            if (CacheIndex.MayHold(slot, nameHash))
            {
                int offset = OffsetOf(slot);
                CacheLine.Prefetch(ref _memory[offset]);
                CacheLine.Prefetch(ref _memory[offset + CacheLine.Bytes]);
                CacheLine.Prefetch(ref _memory[Math.Min(offset + (2 * CacheLine.Bytes), _memory.Length - 1)]);
            }
        }
    }

    /// <summary>Hits of a slot since its entry came, saturating; a lost update between two cores is of no matter.</summary>
    public int CountHit(int slot)
    {
        int hits = _hits[slot];
        if (hits < byte.MaxValue)
        {
            _hits[slot] = (byte)++hits;
        }

        return hits;
    }

    public void ResetHits(int slot) => _hits[slot] = 0;

    /// <summary>Stores an entry (header, message, TTL table), replacing what the same question had.</summary>
    public bool Store(ReadOnlySpan<byte> entry, RecordType askedType, long now)
    {
        ref readonly EntryHeader header = ref MemoryMarshal.AsRef<EntryHeader>(entry);
        int size = (int)header.TotalLength;
        if (size > MaxEntryBytes)
        {
            return false;
        }

        _gate.Enter();
        ReadOnlySpan<byte> name = entry.Slice(EntryHeader.Size + WireLimits.HeaderLength, header.NameLength);
        bool wasKept = RemoveReplaced(header, name, askedType, now, out byte hits);
        if (_occupancy.IsFull(header.Space, header.Kind))
        {
            EvictFromSpace(header.Space, header.Kind);
        }

        bool keep = wasKept || _ghosts.Remove(header.NameHash);
        long position = keep ? AppendToMain(entry[..size], now) : AppendToProbation(entry[..size], now);
        ref Ring ring = ref keep ? ref _main : ref _probation;
        int index = FreeSlot(header.NameHash, now);
        _index.Used(index) = 0;
        _hits[index] = hits;
        _occupancy.Add(header.Space, header.Kind);

        // ORDERING: the entry is complete before any reader can find it.
        _index.Write(index, PackSlot(CacheIndex.TagOf(header), ring, position));
        _gate.Exit();
        return true;
    }

    private ulong PackSlot(ulong tag, in Ring ring, long position) => CacheIndex.Pack(
        tag, ring.Lap(position), (ring.Offset(position) - _start) / CacheLimits.EntryAlignment);

    private int OffsetOf(ulong slot) => _start + (CacheIndex.Line(slot) * CacheLimits.EntryAlignment);

    private ref EntryHeader HeaderAt(int offset) =>
        ref MemoryMarshal.AsRef<EntryHeader>(_memory.AsSpan(offset, EntryHeader.Size));

    /// <summary>The best entry for a question: its own fresh answer, a fresh NXDOMAIN of the name, else the newest stale one.</summary>
    private int Choose(in CacheKey key, long now, out ulong seen)
    {
        ulong exactTag = CacheIndex.TagOf(key.NameHash, key.QuestionHash);
        ulong anyTag = CacheIndex.TagOf(key.NameHash, key.AnyTypeHash);
        int first = _index.Bucket(key.NameHash);
        int best = -1;
        long bestRank = long.MinValue;
        seen = 0;
        for (int index = first; index < first + CacheLimits.SlotsPerBucket; index++)
        {
            ulong slot = _index.Read(index);
            ulong tag = CacheIndex.Tag(slot);
            if (slot == 0 || (tag != exactTag && tag != anyTag))
            {
                continue;
            }

            int offset = OffsetOf(slot);
            ref EntryHeader header = ref HeaderAt(offset);
            long storedAt = header.StoredAt;
            if (!IsSameName(header, offset, key) || header.StaleUntil <= now
                || (header.Type != (ushort)key.Type && (header.Flags & EntryFlags.AllTypes) == 0))
            {
                continue;
            }

            long rank = header.ExpiresAt <= now ? storedAt : long.MaxValue - (header.Type == 0 ? 1 : 0);
            if (rank > bestRank)
            {
                (best, bestRank, seen) = (index, rank, slot);
            }
        }

        return best;
    }

    private bool IsSameName(in EntryHeader header, int offset, in CacheKey key) =>
        header.NameHash == key.NameHash && header.Space == key.Space && header.Class == (ushort)key.Class
        && header.KeyFlags == key.Flags && header.NameLength == key.Name.Length
        && offset + EntryHeader.Size + WireLimits.HeaderLength + key.Name.Length <= _memory.Length
        && key.Name.SequenceEqual(
            _memory.AsSpan(offset + EntryHeader.Size + WireLimits.HeaderLength, key.Name.Length));

    /// <summary>Copies an entry's message and counts its TTLs down. The entry may change meanwhile: nothing read is trusted.</summary>
    private bool TryCopy(
        ulong slot, long now, in TtlPolicy policy, Span<byte> destination, out CachedAnswer answer)
    {
        int offset = OffsetOf(slot);
        EntryHeader header = HeaderAt(offset);
        int messageStart = offset + EntryHeader.Size;
        int tableStart = messageStart + header.MessageLength;
        answer = default;
        if (tableStart + (header.TtlCount * 2) > _memory.Length || header.MessageLength < WireLimits.HeaderLength)
        {
            return false;
        }

        answer.IsStale = header.ExpiresAt <= now;
        answer.Kind = header.Kind;
        answer.Flags = header.Flags;
        answer.Rcode = (ResponseCode)header.Rcode;
        answer.UpstreamError = (ExtendedError)header.UpstreamError;
        answer.AdditionalOffset = header.AdditionalOffset;
        answer.TtlSeconds = header.TtlSeconds;
        answer.StoredAt = header.StoredAt;
        answer.StaleUntil = header.StaleUntil;

        // Whole seconds passed are what counts (N8): 10 s at +5.9 s shows 5.
        answer.RemainingSeconds = answer.IsStale ? 0 : (uint)((header.ExpiresAt - now + 999) / 1000);
        ReadOnlySpan<byte> message = _memory.AsSpan(messageStart, header.MessageLength);
        if (message.Length > destination.Length)
        {
            int question = WireLimits.HeaderLength + header.NameLength + 4;
            if (question > destination.Length || question > message.Length)
            {
                return false;
            }

            message[..question].CopyTo(destination);
            answer.Length = question;
            answer.IsOversized = true;
            return true;
        }

        message.CopyTo(destination);
        answer.Length = message.Length;
        uint ttl = policy.KeepOriginal ? header.TtlSeconds
            : answer.IsStale ? policy.StaleTtlSeconds
            : answer.RemainingSeconds;
        TtlTable.Patch(destination[..message.Length], _memory.AsSpan(tableStart, header.TtlCount * 2), ttl);
        return true;
    }

    /// <summary>Unlinks what a new answer takes the place of; true when that had proven itself worth keeping.</summary>
    private bool RemoveReplaced(
        in EntryHeader entry, ReadOnlySpan<byte> name, RecordType askedType, long now, out byte hits)
    {
        bool isNxDomain = (entry.Flags & EntryFlags.AllTypes) != 0;
        bool wasKept = false;
        hits = 0;
        CacheKey key = CacheKey.FromHash(
            name, entry.NameHash, (RecordType)entry.Type, (RecordClass)entry.Class, entry.KeyFlags, entry.Space);
        int first = _index.Bucket(entry.NameHash);
        for (int index = first; index < first + CacheLimits.SlotsPerBucket; index++)
        {
            ulong slot = _index.Read(index);
            int offset = OffsetOf(slot);
            if (slot == 0 || !IsSameName(HeaderAt(offset), offset, key))
            {
                continue;
            }

            ref EntryHeader old = ref HeaderAt(offset);
            bool isSameQuestion = old.Type == (ushort)askedType || old.Type == entry.Type;

            // A name that does not exist has no stale types left, and one that exists has no NXDOMAIN left (S5, S9).
            bool isContradicted = isNxDomain ? old.ExpiresAt <= now : (old.Flags & EntryFlags.AllTypes) != 0;
            if (isSameQuestion || isContradicted)
            {
                wasKept |= _index.Used(index) != 0 || _main.Contains(offset);
                hits = Math.Max(hits, _hits[index]);
                Unlink(index);
            }
        }

        return wasKept;
    }

    private long AppendToProbation(ReadOnlySpan<byte> entry, long now)
    {
        while (!_probation.HasRoom(entry.Length))
        {
            int left = _probation.LeftInLap(_probation.Tail);
            int offset = _probation.Offset(_probation.Tail);
            int index = left < EntryHeader.Size ? -1 : FindSlot(_probation, _probation.Tail);
            int size = left < EntryHeader.Size ? left : (int)HeaderAt(offset).TotalLength;
            if (index >= 0)
            {
                ref EntryHeader header = ref HeaderAt(offset);
                if (header.StaleUntil > now && (_index.Used(index) != 0 || _main.HasRoom(size)))
                {
                    // Asked again, or the cache is not full yet: then there is nothing to be choosy for.
                    Move(index, offset, size, now);
                }
                else
                {
                    _ghosts.Add(header.NameHash);
                    Evict(index);
                }
            }

            _probation.Tail += size;
        }

        return Write(ref _probation, entry);
    }

    private long AppendToMain(ReadOnlySpan<byte> entry, long now)
    {
        MakeRoomInMain(entry.Length, now);
        return Write(ref _main, entry);
    }

    private void MakeRoomInMain(int size, long now)
    {
        int reinsertions = 0;
        while (!_main.HasRoom(size))
        {
            int left = _main.LeftInLap(_main.Tail);
            int offset = _main.Offset(_main.Tail);
            int index = left < EntryHeader.Size ? -1 : FindSlot(_main, _main.Tail);
            int length = left < EntryHeader.Size ? left : (int)HeaderAt(offset).TotalLength;
            bool deservesLap = index >= 0 && _index.Used(index) != 0 && HeaderAt(offset).StaleUntil > now
                && reinsertions++ < CacheLimits.MaxReinsertions;
            ulong tag = 0;
            if (deservesLap)
            {
                // The head may reach into the very place the entry leaves, so readers lose it for a moment.
                _memory.AsSpan(offset, length).CopyTo(_moving);
                tag = CacheIndex.Tag(_index.Read(index));
                _index.Write(index, 0);
            }
            else if (index >= 0)
            {
                Evict(index);
            }

            _main.Tail += length;
            if (deservesLap && _main.HasRoom(length))
            {
                Relink(index, tag, ref _main, Write(ref _main, _moving.AsSpan(0, length)), used: 0);
            }
            else if (deservesLap)
            {
                ref EntryHeader header = ref MemoryMarshal.AsRef<EntryHeader>(_moving.AsSpan());
                _occupancy.CountEviction(header.Space, header.Kind);
                _occupancy.Remove(header.Space, header.Kind);
            }
        }
    }

    /// <summary>Promotes an entry from the end of probation to the main ring.</summary>
    private void Move(int index, int offset, int size, long now)
    {
        // What was asked keeps its mark, or the next name in a full bucket would take its place.
        (ulong before, byte used) = (_index.Read(index), _index.Used(index));
        MakeRoomInMain(size, now);
        if (_index.Read(index) == before)
        {
            Relink(index, CacheIndex.Tag(before), ref _main, Write(ref _main, _memory.AsSpan(offset, size)), used);
        }
    }

    private void Relink(int index, ulong tag, ref Ring ring, long position, byte used)
    {
        _index.Used(index) = used;

        // ORDERING: the copy is complete before readers are sent to it.
        _index.Write(index, PackSlot(tag, ring, position));
    }

    private long Write(ref Ring ring, ReadOnlySpan<byte> entry)
    {
        int left = ring.LeftInLap(ring.Head);
        if (entry.Length > left)
        {
            if (left >= EntryHeader.Size)
            {
                ref EntryHeader filler = ref HeaderAt(ring.Offset(ring.Head));
                filler.Kind = AnswerKind.Filler;
                filler.TotalLength = (uint)left;
            }

            ring.Head += left;
        }

        long position = ring.Head;

        // ORDERING: slots that pointed into this memory were cleared before; readers must see that first.
        Volatile.WriteBarrier();
        entry.CopyTo(_memory.AsSpan(ring.Offset(position), entry.Length));
        ring.Head += entry.Length;
        return position;
    }

    /// <summary>The slot that points to a ring position; -1 for fillers and entries already replaced.</summary>
    private int FindSlot(in Ring ring, long position)
    {
        int offset = ring.Offset(position);
        ref EntryHeader header = ref HeaderAt(offset);
        if (header.Kind == AnswerKind.Filler)
        {
            return -1;
        }

        return _index.Find(header.NameHash, PackSlot(CacheIndex.TagOf(header), ring, position));
    }

    /// <summary>A free slot of the bucket, made by evicting its least useful entry when there is none.</summary>
    private int FreeSlot(ulong nameHash, long now)
    {
        int first = _index.Bucket(nameHash);
        int victim = first + (int)(_scan++ % CacheLimits.SlotsPerBucket);
        int victimRank = -1;
        for (int index = first; index < first + CacheLimits.SlotsPerBucket; index++)
        {
            ulong slot = _index.Read(index);
            if (slot == 0)
            {
                return index;
            }

            int offset = OffsetOf(slot);
            int rank = HeaderAt(offset).StaleUntil <= now ? 3
                : _index.Used(index) != 0 ? 0
                : _probation.Contains(offset) ? 2 : 1;
            if (rank > victimRank && rank > 0)
            {
                (victim, victimRank) = (index, rank);
            }
        }

        Evict(victim);
        return victim;
    }

    /// <summary>Makes room for a zone that is over its own capacity, at the cost of that zone alone.</summary>
    private void EvictFromSpace(ushort space, AnswerKind kind)
    {
        int fallback = -1;
        for (int looked = 0; looked < CacheLimits.CapacityScanSlots; looked++)
        {
            int index = _index.SlotAt(_scan++);
            ulong slot = index < 0 ? 0 : _index.Read(index);
            if (slot == 0)
            {
                continue;
            }

            ref EntryHeader header = ref HeaderAt(OffsetOf(slot));
            if (header.Space == space && header.Kind == kind)
            {
                fallback = index;
                if (_index.Used(index) == 0)
                {
                    break;
                }
            }
        }

        if (fallback >= 0)
        {
            Evict(fallback);
        }
    }

    private void Evict(int index)
    {
        ref EntryHeader header = ref HeaderAt(OffsetOf(_index.Read(index)));
        _occupancy.CountEviction(header.Space, header.Kind);
        Unlink(index);
    }

    private void Unlink(int index)
    {
        ref EntryHeader header = ref HeaderAt(OffsetOf(_index.Read(index)));
        _occupancy.Remove(header.Space, header.Kind);
        _index.Write(index, 0);
    }
}
