using System;

namespace NodeDns.Cache;

/// <summary>A first-in first-out region of a shard's memory, addressed by ever-growing positions.</summary>
/// <remarks>Guarded by its shard's gate. Entries never wrap: the rest of a lap that is too short is a filler.</remarks>
internal struct Ring(int start, int length)
{
    private readonly int _start = start;

    public long Head;
    public long Tail;

    public readonly int Length { get; } = length;

    /// <summary>May be off by an entry when it is read beside a writer.</summary>
    public readonly long Used => Math.Max(0, Head - Tail);

    public readonly int Offset(long position) => _start + (int)(position % Length);

    /// <summary>1 to 4095: tells two laps of the ring apart in an index slot; never 0, so a slot in use is never 0.</summary>
    public readonly uint Lap(long position) => 1 + (uint)(position / Length % 4095);

    public readonly bool Contains(int offset) => (uint)(offset - _start) < (uint)Length;

    public readonly int LeftInLap(long position) => Length - (int)(position % Length);

    /// <summary>Bytes that writing an entry of this size at the head takes, the filler before it included.</summary>
    public readonly int Need(int size)
    {
        int left = LeftInLap(Head);
        return size <= left ? size : size + left;
    }

    public readonly bool HasRoom(int size) => Head + Need(size) - Tail <= Length;
}
