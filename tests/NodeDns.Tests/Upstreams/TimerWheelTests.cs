using System;
using System.Collections.Generic;
using NodeDns.Upstreams;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class TimerWheelTests
{
    private const long Start = 1_000_000;

    [Fact]
    public void TakeDue_BeforeItsTime_TakesNothing()
    {
        TimerWheel wheel = new(8, Start);
        wheel.Arm(3, Start + 100);

        Assert.Empty(Take(wheel, Start + 99));
        Assert.Equal([3], Take(wheel, Start + 100));
        Assert.Empty(Take(wheel, Start + 200));
    }

    [Fact]
    public void TakeDue_FurtherThanOneTurn_WaitsForItsTurn()
    {
        TimerWheel wheel = new(8, Start);
        wheel.Arm(1, Start + 20_000);

        for (long now = Start; now < Start + 20_000; now += 500)
        {
            Assert.Empty(Take(wheel, now));
        }

        Assert.Equal([1], Take(wheel, Start + 20_000));
    }

    [Fact]
    public void TakeDue_AfterTheClockJumped_FindsEverythingDue()
    {
        TimerWheel wheel = new(100, Start);
        for (int i = 0; i < 100; i++)
        {
            wheel.Arm(i, Start + (i * 137));
        }

        Assert.Equal(100, Take(wheel, Start + 86_400_000).Count);
        Assert.Equal(-1, wheel.WaitMilliseconds(Start + 86_400_000));
    }

    [Fact]
    public void Arm_Again_MovesTheTimer()
    {
        TimerWheel wheel = new(8, Start);
        wheel.Arm(1, Start + 100);
        wheel.Arm(2, Start + 100);
        wheel.Arm(1, Start + 300);

        Assert.Equal([2], Take(wheel, Start + 100));
        Assert.Equal([1], Take(wheel, Start + 300));
    }

    [Fact]
    public void Cancel_AnyOfASlot_LeavesTheOthers()
    {
        for (int cancelled = 0; cancelled < 3; cancelled++)
        {
            TimerWheel wheel = new(8, Start);
            wheel.Arm(0, Start + 100);
            wheel.Arm(1, Start + 100);
            wheel.Arm(2, Start + 100);
            wheel.Cancel(cancelled);

            List<int> taken = Take(wheel, Start + 100);
            Assert.Equal(2, taken.Count);
            Assert.DoesNotContain(cancelled, taken);
        }
    }

    [Fact]
    public void TakeDue_RandomSchedule_AgreesWithASortedList()
    {
        Random random = new(20261121);
        TimerWheel wheel = new(500, Start);
        Dictionary<int, long> expected = [];
        long now = Start;
        for (int step = 0; step < 20_000; step++)
        {
            int timer = random.Next(500);
            long due = now + random.Next(1, 12_000);
            if (random.Next(4) == 0)
            {
                wheel.Cancel(timer);
                expected.Remove(timer);
            }
            else
            {
                wheel.Arm(timer, due);
                expected[timer] = due;
            }

            now += random.Next(0, 40);
            foreach (int taken in Take(wheel, now))
            {
                Assert.True(expected.Remove(taken, out long was) && was <= now);
            }

            Assert.DoesNotContain(expected.Values, value => value <= now);
        }
    }

    private static List<int> Take(TimerWheel wheel, long now)
    {
        List<int> all = [];
        Span<int> some = stackalloc int[7];
        int count;
        do
        {
            count = wheel.TakeDue(now, some);
            all.AddRange(some[..count]);
        }
        while (count == some.Length);

        return all;
    }
}
