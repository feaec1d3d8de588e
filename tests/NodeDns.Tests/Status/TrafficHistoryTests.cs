using System.Linq;
using NodeDns.Status;
using Xunit;

namespace NodeDns.Tests.Status;

public sealed class TrafficHistoryTests
{
    private const long Start = 1_000_000;
    private const long Step = StatusLimits.StepMilliseconds;
    private readonly TrafficHistory _history = new(Start, Cached(0));

    [Fact]
    public void Read_WithinOneSlot_ShowsWhatWasCountedSinceItsStart()
    {
        Assert.Equal(7, Last(_history.Read(Start + 10, Cached(7)))[0]);
        Assert.Equal(9, Last(_history.Read(Start + 20, Cached(9)))[0]);
        Assert.Equal(9, SumOf(_history.Read(Start + 30, Cached(9))));
    }

    [Fact]
    public void Read_AfterSlots_ShowsEachItsOwn()
    {
        _history.Advance(Start + Step, Cached(10));
        _history.Advance(Start + (2 * Step), Cached(30));

        long[][] slots = _history.Read(Start + (2 * Step) + 5, Cached(31));

        Assert.Equal(StatusLimits.Slots, slots.Length);
        Assert.Equal([0, 10, 20, 1], slots[^4..].Select(slot => slot[0]));
    }

    [Fact]
    public void Read_AfterMissedSlots_HasTheSumOnceAndGapsAfter()
    {
        long[][] slots = _history.Read(Start + (5 * Step), Cached(50));

        Assert.Equal([50, 0, 0, 0, 0, 0], slots[^6..].Select(slot => slot[0]));
    }

    [Fact]
    public void Read_AfterAnHour_HasForgottenWhatCameBefore()
    {
        for (int slot = 1; slot <= 2 * StatusLimits.Slots; slot++)
        {
            _history.Advance(Start + (slot * Step), Cached(slot * 3));
        }

        long[][] slots = _history.Read(Start + (2 * StatusLimits.Slots * Step) + 1, Cached((2 * StatusLimits.Slots * 3) + 2));

        Assert.Equal(((StatusLimits.Slots - 1) * 3) + 2, SumOf(slots));
        Assert.All(slots[..^1], slot => Assert.Equal(3, slot[0]));
    }

    [Fact]
    public void Advance_JumpOfAYear_LeavesNothingButTheCountsAfterIt()
    {
        _history.Advance(Start + (3_000_000 * Step), Cached(1000));

        Assert.Equal(1, SumOf(_history.Read(Start + (3_000_000 * Step) + 1, Cached(1001))));
    }

    [Fact]
    public void Read_CountsThatLag_AreNeverNegative()
    {
        _history.Advance(Start + Step, Cached(10));

        Assert.Equal(0, Last(_history.Read(Start + Step + 1, Cached(9)))[0]);
    }

    private static StatusTotals Cached(long count) => new() { Cached = count, LatencyCounts = [count] };

    private static long[] Last(long[][] slots) => slots[^1];

    private static long SumOf(long[][] slots) => slots.Sum(slot => slot[0]);
}
