using System;
using System.Threading;

namespace NodeDns.Upstreams;

/// <summary>The free places of a fixed table, taken and given back by any thread without a lock.</summary>
/// <remarks>
/// A Treiber stack of indexes. The upper half of the head counts changes, which rules out the ABA case. Places that were
/// never taken are not in it: to list them all would touch memory that most nodes never need.
/// </remarks>
internal sealed class IndexStack
{
    private const uint Nothing = uint.MaxValue;
    private readonly int[] _next;
    private long _head = Nothing;
    private int _fresh;
    private int _taken;

    public IndexStack(int capacity) => _next = GC.AllocateUninitializedArray<int>(capacity);

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>A free index, or -1 when the table is full.</summary>
    public int Take()
    {
        while (true)
        {
            long head = Volatile.Read(ref _head);
            int index = (int)head;
            if (index < 0)
            {
                return TakeFresh();
            }

            long next = Change(head) | (uint)Volatile.Read(ref _next[index]);
            if (Interlocked.CompareExchange(ref _head, next, head) == head)
            {
                Interlocked.Increment(ref _taken);
                return index;
            }
        }
    }

    public void Return(int index)
    {
        Interlocked.Decrement(ref _taken);
        while (true)
        {
            long head = Volatile.Read(ref _head);
            Volatile.Write(ref _next[index], (int)head);
            if (Interlocked.CompareExchange(ref _head, Change(head) | (uint)index, head) == head)
            {
                return;
            }
        }
    }

    private int TakeFresh()
    {
        while (true)
        {
            int fresh = Volatile.Read(ref _fresh);
            if (fresh == _next.Length)
            {
                return -1;
            }

            if (Interlocked.CompareExchange(ref _fresh, fresh + 1, fresh) == fresh)
            {
                Interlocked.Increment(ref _taken);
                return fresh;
            }
        }
    }

    private static long Change(long head) => (head & ~0xFFFF_FFFFL) + (1L << 32);
}
