using System;
using System.Collections.Generic;
using Xunit;

namespace NodeDns.Load.Tests;

public sealed class OutstandingTableTests
{
    [Fact]
    public void TryBegin_UntilFull_GivesDifferentIdsAndThenRefuses()
    {
        OutstandingTable table = new(3, new Random(1));
        HashSet<ushort> ids = [];
        for (int i = 0; i < 3; i++)
        {
            Assert.True(table.TryBegin(i, 1, out ushort id));
            Assert.True(ids.Add(id));
        }

        Assert.False(table.TryBegin(3, 1, out _));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void TryEnd_KnownId_GivesTheQuestionBackOnce()
    {
        OutstandingTable table = new(4, new Random(1));
        table.TryBegin(42, 7, out ushort id);
        Assert.True(table.TryEnd(id, out long question, out long startedAt));
        Assert.Equal((42, 7), (question, startedAt));
        Assert.False(table.TryEnd(id, out _, out _));
    }

    [Fact]
    public void TryEnd_EveryOtherId_IsUnknown()
    {
        OutstandingTable table = new(5, new Random(1));
        table.TryBegin(1, 1, out ushort id);
        for (int other = 0; other <= ushort.MaxValue; other++)
        {
            Assert.True(other == id || !table.TryEnd((ushort)other, out _, out _));
        }
    }

    [Fact]
    public void TryEnd_AnswerAfterItsSlotWasUsedAgain_IsUnknown()
    {
        OutstandingTable table = new(1, new Random(1));
        table.TryBegin(1, 10, out ushort late);
        Assert.Equal(1, table.Expire(11));
        table.TryBegin(2, 12, out ushort current);
        Assert.NotEqual(late, current);
        Assert.False(table.TryEnd(late, out _, out _));
        Assert.True(table.TryEnd(current, out _, out _));
    }

    [Fact]
    public void Expire_SomeOlder_CountsOnlyThose()
    {
        OutstandingTable table = new(4, new Random(1));
        table.TryBegin(1, 10, out _);
        table.TryBegin(2, 20, out _);
        Assert.Equal(1, table.Expire(20));
        Assert.Equal(1, table.Count);
    }
}
