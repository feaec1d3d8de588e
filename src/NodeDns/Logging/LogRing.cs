using System.Numerics;
using System.Threading;

namespace NodeDns.Logging;

/// <summary>A bounded queue for many producers and one consumer: an enqueue on a full ring fails, it never waits.</summary>
/// <remarks>
/// Each slot carries a sequence number. Slot i is free for the producer of position p when it equals p, and holds the
/// item of position p when it equals p + 1 (the scheme of Vyukov's bounded queue). Items are copied in and out.
/// </remarks>
internal sealed class LogRing<T>
{
    private struct Slot
    {
        public long Sequence;
        public T Item;
    }

    private readonly Slot[] _slots;
    private long _head;
    private long _tail;
    private long _released;

    public LogRing(int capacity)
    {
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i].Sequence = i;
        }
    }

    /// <summary>How many items were put in since the start.</summary>
    public long Enqueued => Volatile.Read(ref _head);

    /// <summary>How many items the consumer has taken out and is done with, as told by <see cref="Release"/>.</summary>
    public long Released => Volatile.Read(ref _released);

    /// <summary>Only the one consumer calls this.</summary>
    public bool IsEmpty => Volatile.Read(ref _slots[_tail & (_slots.Length - 1)].Sequence) != _tail + 1;

    public bool TryEnqueue(in T item)
    {
        long position = Volatile.Read(ref _head);
        while (true)
        {
            ref Slot slot = ref _slots[position & (_slots.Length - 1)];
            long ahead = Volatile.Read(ref slot.Sequence) - position;
            if (ahead < 0)
            {
                return false;
            }

            if (ahead == 0)
            {
                long seen = Interlocked.CompareExchange(ref _head, position + 1, position);
                if (seen == position)
                {
                    slot.Item = item;
                    // ORDERING: the item is complete before the consumer sees its number.
                    Volatile.Write(ref slot.Sequence, position + 1);
                    return true;
                }

                position = seen;
            }
            else
            {
                position = Volatile.Read(ref _head);
            }
        }
    }

    /// <summary>Only the one consumer calls this.</summary>
    public bool TryDequeue(out T item)
    {
        ref Slot slot = ref _slots[_tail & (_slots.Length - 1)];
        if (Volatile.Read(ref slot.Sequence) != _tail + 1)
        {
            item = default!;
            return false;
        }

        item = slot.Item;
        slot.Item = default!;
        // ORDERING: the item is copied out before a producer may use the slot again.
        Volatile.Write(ref slot.Sequence, _tail + _slots.Length);
        _tail++;
        return true;
    }

    /// <summary>The consumer is done with that many items more.</summary>
    public void Release(long count) => Volatile.Write(ref _released, _released + count);
}
