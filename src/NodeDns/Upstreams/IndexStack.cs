using System.Threading;

namespace NodeDns.Upstreams;

/// <summary>The free places of a fixed table, taken and given back by any thread without a lock.</summary>
/// <remarks>A Treiber stack of indexes. The upper half of the head counts changes, which rules out the ABA case.</remarks>
internal sealed class IndexStack
{
    private readonly int[] _next;
    private long _head;
    private int _taken;

    public IndexStack(int capacity)
    {
        _next = new int[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _next[i] = i + 1 < capacity ? i + 1 : -1;
        }
    }

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
                return -1;
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

    private static long Change(long head) => (head & ~0xFFFF_FFFFL) + (1L << 32);
}
