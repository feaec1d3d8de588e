using System.Collections.Generic;
using NodeDns.Cache;
using Xunit;

namespace NodeDns.Tests.Cache;

public sealed class FailureBackoffTests
{
    private const ulong Question = 0x1234_5678_9ABC_DEF0;
    private const long Start = 1_000_000;
    private readonly FailureBackoff _failures = new();

    [Theory]
    [InlineData(300_000, new uint[] { 5, 10, 20, 40, 80, 160, 300, 300 })]
    [InlineData(30_000, new uint[] { 5, 10, 20, 30, 30 })]
    [InlineData(3_600_000, new uint[] { 5, 10, 20, 40, 80, 160, 300 })]
    [InlineData(5_000, new uint[] { 5, 5 })]
    [InlineData(500, new uint[] { 1, 1 })]
    public void OnFailure_AgainAndAgain_DoublesUpToTheCap(long cap, uint[] expected)
    {
        long now = Start;
        List<uint> seconds = [];
        for (int i = 0; i < expected.Length; i++)
        {
            seconds.Add(_failures.OnFailure(Question, now, cap));
            now += seconds[^1] * 1000L;
        }

        Assert.Equal(expected, seconds);
    }

    [Fact]
    public void OnFailure_AfterAnAnswer_BeginsAnew()
    {
        _failures.OnFailure(Question, Start, 30_000);
        _failures.OnFailure(Question, Start, 30_000);
        _failures.Clear(Question);
        Assert.Equal(5u, _failures.OnFailure(Question, Start, 30_000));
    }

    [Fact]
    public void OnFailure_LongAfterTheLast_BeginsAnew()
    {
        _failures.OnFailure(Question, Start, 30_000);
        Assert.Equal(10u, _failures.OnFailure(Question, Start + 299_000, 30_000));
        Assert.Equal(5u, _failures.OnFailure(Question, Start + 299_000 + 311_000, 30_000));
    }

    [Fact]
    public void OnFailure_OfAnotherQuestion_IsItsOwn()
    {
        _failures.OnFailure(Question, Start, 30_000);
        Assert.Equal(5u, _failures.OnFailure(Question ^ (1UL << 50), Start, 30_000));
        _failures.Clear(Question);
        Assert.Equal(10u, _failures.OnFailure(Question ^ (1UL << 50), Start, 30_000));
    }
}
