using System;
using System.Linq;
using NodeDns.Logging;
using NodeDns.Timing;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class LogCausesTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void TryTake_OneCauseInMasses_PassesAPartAndReportsTheRestOnce()
    {
        LogCauses causes = new(_clock);

        int passed = Enumerable.Range(0, 1000).Count(i => causes.TryTake($"tcp 10.0.0.{i}:53: accept failed: {i}"));

        Assert.Equal(LogLimits.LinesPerCause, passed);
        Assert.True(causes.HoldsBack);
        Assert.False(causes.TryReport(out _));
        _clock.Advance(TimeSpan.FromMilliseconds(LogLimits.CauseMilliseconds));
        Assert.True(causes.TryReport(out string text));
        Assert.Equal("log: 980 more lines like \"tcp 10.0.0.0:53: accept failed: 0\" were not shown", text);
        Assert.False(causes.TryReport(out _));
        Assert.True(causes.TryTake("tcp 10.0.0.1:53: accept failed: 1"));
    }

    [Fact]
    public void TryTake_AnotherCause_IsNotHeldBack()
    {
        LogCauses causes = new(_clock);
        for (int i = 0; i < 100; i++)
        {
            causes.TryTake("one thing that goes on and on");
        }

        Assert.True(causes.TryTake("quite another thing"));
    }
}
