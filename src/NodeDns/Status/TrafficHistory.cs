using System;
using System.Threading;

namespace NodeDns.Status;

/// <summary>The counts at the boundaries of the last hour's slots: a ring, as large at the start as ever.</summary>
/// <remarks>
/// Written every ten seconds by a timer, read when somebody looks. Counts are kept as they are, so that a slot that was
/// missed (a suspended machine) makes a gap and no wrong sum.
/// </remarks>
internal sealed class TrafficHistory
{
    private readonly Lock _gate = new();
    private readonly long[]?[] _starts = new long[]?[StatusLimits.Slots];
    private long _slot;

    /// <param name="now">The clock's milliseconds.</param>
    public TrafficHistory(long now, StatusTotals totals)
    {
        _slot = now / StatusLimits.StepMilliseconds;
        _starts[_slot % StatusLimits.Slots] = totals.ToRow();
    }

    /// <summary>Milliseconds until the slot under way ends.</summary>
    public static long UntilNextSlot(long now) => StatusLimits.StepMilliseconds - (now % StatusLimits.StepMilliseconds);

    /// <summary>Begins each slot whose time has come with the counts of now.</summary>
    public void Advance(long now, StatusTotals totals)
    {
        lock (_gate)
        {
            AdvanceTo(now / StatusLimits.StepMilliseconds, totals.ToRow());
        }
    }

    /// <summary>What was counted in each slot, oldest first, the last one being under way; columns as in <see cref="StatusTotals.ToRow"/>.</summary>
    public long[][] Read(long now, StatusTotals totals)
    {
        long[] current = totals.ToRow();
        lock (_gate)
        {
            AdvanceTo(now / StatusLimits.StepMilliseconds, current);
            long[][] slots = new long[StatusLimits.Slots][];
            long[] end = current;
            for (int i = StatusLimits.Slots - 1; i >= 0; i--)
            {
                long slot = _slot - (StatusLimits.Slots - 1 - i);
                long[]? start = slot < 0 ? null : _starts[slot % StatusLimits.Slots];
                slots[i] = Difference(end, start);
                end = start ?? end;
            }

            return slots;
        }
    }

    private void AdvanceTo(long slot, long[] row)
    {
        // After a jump longer than the ring each place is written once.
        for (long next = Math.Max(_slot + 1, slot - StatusLimits.Slots + 1); next <= slot; next++)
        {
            _starts[next % StatusLimits.Slots] = row;
        }

        _slot = Math.Max(_slot, slot);
    }

    /// <summary>Before the process began nothing was counted; a sum read while threads count may lag, but is never negative here.</summary>
    private static long[] Difference(long[] end, long[]? start)
    {
        long[] difference = new long[end.Length];
        for (int i = 0; start is not null && i < Math.Min(end.Length, start.Length); i++)
        {
            difference[i] = Math.Max(0, end[i] - start[i]);
        }

        return difference;
    }
}
