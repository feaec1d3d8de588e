using System;

namespace NodeDns.Upstreams;

/// <summary>One worker's timers: one per question, in slots of 16 ms.</summary>
/// <remarks>
/// Arming, re-arming and cancelling are a few stores each. A timer further ahead than one turn stays in its slot and
/// is looked at once a turn. When the clock jumps (the test clock) one turn over all slots finds what became due.
/// </remarks>
internal sealed class TimerWheel
{
    private const int Slots = 512;
    private const int SlotMilliseconds = 16;
    private readonly int[] _heads = new int[Slots];
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly long[] _due;
    private long _tick;
    private int _armed;

    public TimerWheel(int capacity, long now)
    {
        _next = new int[capacity];
        _previous = new int[capacity];
        _due = new long[capacity];
        _tick = now / SlotMilliseconds;
        Array.Fill(_heads, -1);
    }

    /// <summary>Milliseconds until the next slot is looked at; -1 when nothing is armed.</summary>
    public int WaitMilliseconds(long now) =>
        _armed == 0 ? -1 : (int)Math.Clamp(((_tick + 1) * SlotMilliseconds) - now, 0, SlotMilliseconds);

    public void Arm(int timer, long due)
    {
        Cancel(timer);
        _due[timer] = due;
        Link(timer, (int)(Math.Max(due / SlotMilliseconds, _tick) % Slots));
        _armed++;
    }

    public void Cancel(int timer)
    {
        if (_due[timer] == 0)
        {
            return;
        }

        int slot = _previous[timer] < 0 ? ~_previous[timer] : -1;
        if (slot >= 0)
        {
            _heads[slot] = _next[timer];
        }
        else
        {
            _next[_previous[timer]] = _next[timer];
        }

        if (_next[timer] >= 0)
        {
            _previous[_next[timer]] = _previous[timer];
        }

        _due[timer] = 0;
        _armed--;
    }

    /// <summary>Takes due timers out, as many as fit; call again while it fills the span.</summary>
    public int TakeDue(long now, Span<int> timers)
    {
        long last = now / SlotMilliseconds;
        long first = Math.Max(_tick, last - Slots + 1);
        int count = 0;
        for (long tick = first; tick <= last && _armed > 0; tick++)
        {
            int timer = _heads[(int)(tick % Slots)];
            while (timer >= 0)
            {
                int next = _next[timer];
                if (_due[timer] <= now)
                {
                    if (count == timers.Length)
                    {
                        _tick = tick;
                        return count;
                    }

                    Cancel(timer);
                    timers[count++] = timer;
                }

                timer = next;
            }
        }

        _tick = last;
        return count;
    }

    private void Link(int timer, int slot)
    {
        int head = _heads[slot];
        _next[timer] = head;

        // A negative "previous" names the slot whose head this timer is.
        _previous[timer] = ~slot;
        if (head >= 0)
        {
            _previous[head] = timer;
        }

        _heads[slot] = timer;
    }
}
