using System;
using System.Runtime.InteropServices;
using System.Threading;
using NodeDns.Linux.Memory;

namespace NodeDns.Cache;

/// <summary>A shard's table of slots: buckets of one cache line, seven slots and their used-marks each.</summary>
/// <remarks>
/// A slot is one word, <c>tag:24 | lap:12 | line:28</c>, read and written whole: the tag is 16 bits of the name's hash
/// and 8 of the question's, the line is where in the shard's memory the entry begins. 0 is a free slot.
/// </remarks>
internal sealed class CacheIndex
{
    private readonly ulong[] _words;
    private readonly int _first;
    private readonly ulong _bucketMask;

    public CacheIndex(int buckets)
    {
        _words = GC.AllocateArray<ulong>((buckets + 1) * CacheLimits.WordsPerBucket, pinned: true);
        _first = CacheLine.Offset(_words) / sizeof(ulong);
        _bucketMask = (ulong)(buckets - 1);
    }

    /// <summary>Words from the first bucket on, used-marks included; what a walk over all slots counts in.</summary>
    public int Words => _words.Length - CacheLimits.WordsPerBucket;

    /// <summary>Bits of the name's hash that choose neither shard nor bucket, then bits of the question's.</summary>
    public static ulong TagOf(ulong nameHash, ulong questionHash) => (NameTag(nameHash) << 8) | (questionHash >> 56);

    public static ulong TagOf(in EntryHeader header) => TagOf(
        header.NameHash,
        CacheKey.QuestionHashOf(header.NameHash, header.Type, header.Class, header.KeyFlags, header.Space));

    public static ulong Pack(ulong tag, uint lap, int line) => tag << 40 | (ulong)lap << 28 | (uint)line;

    public static ulong Tag(ulong slot) => slot >> 40;

    public static int Line(ulong slot) => (int)(slot & 0xFFF_FFFF);

    /// <summary>The first slot of a name's bucket; the others follow.</summary>
    public int Bucket(ulong nameHash) => _first + ((int)(nameHash & _bucketMask) * CacheLimits.WordsPerBucket);

    /// <summary>Slot number for a step of a walk over all words; -1 where the word is a bucket's marks.</summary>
    public int SlotAt(uint step)
    {
        uint word = step % (uint)Words;
        return word % CacheLimits.WordsPerBucket == CacheLimits.SlotsPerBucket ? -1 : _first + (int)word;
    }

    /// <summary>The step of a walk at which a slot comes.</summary>
    public uint StepOf(int slot) => (uint)(slot - _first);

    // ORDERING: acquire and release, so that a slot and the entry it points to are seen in this order.
    public ulong Read(int slot) => Volatile.Read(ref _words[slot]);

    public void Write(int slot, ulong value) => Volatile.Write(ref _words[slot], value);

    /// <summary>The slot of a bucket that holds exactly this word, or -1.</summary>
    public int Find(ulong nameHash, ulong value)
    {
        int first = Bucket(nameHash);
        int found = _words.AsSpan(first, CacheLimits.SlotsPerBucket).IndexOf(value);
        return found < 0 ? -1 : first + found;
    }

    /// <summary>The mark that an entry was asked for since it came or last survived; beside its slot, in the same line.</summary>
    public ref byte Used(int slot)
    {
        int word = slot - _first;
        int marks = _first + (word | (CacheLimits.WordsPerBucket - 1));
        return ref MemoryMarshal.AsBytes(_words.AsSpan(marks, 1))[word & (CacheLimits.WordsPerBucket - 1)];
    }

    public void Prefetch(ulong nameHash) =>
        CacheLine.Prefetch(ref MemoryMarshal.AsBytes(_words.AsSpan(Bucket(nameHash), 1))[0]);

    /// <summary>Whether a slot may hold an answer for a name, whatever the question.</summary>
    public static bool MayHold(ulong slot, ulong nameHash) => slot != 0 && slot >> 48 == NameTag(nameHash);

    private static ulong NameTag(ulong nameHash) => nameHash >> 32 & 0xFFFF;
}
