using System;
using System.Linq;
using NodeDns.Logging;
using NodeDns.Timing;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Logging;

public sealed class RecentErrorsTests
{
    private readonly Clock _clock = new();
    private readonly RecentErrors _recent;

    public RecentErrorsTests() => _recent = new RecentErrors(_clock);

    [Fact]
    public void Add_EqualTexts_AreCountedTogetherNewestFirst()
    {
        _recent.Add(LogLevel.Warning, "old");
        _clock.Advance(TimeSpan.FromSeconds(60));
        _recent.Add(LogLevel.Error, "new");
        _recent.Add(LogLevel.Error, "new");

        Assert.Equal([("new", 2L), ("old", 1L)], _recent.Read().Select(error => (error.Text, error.Count)));
        Assert.InRange(_recent.Read()[1].SecondsAgo, 60, 61);
    }

    [Fact]
    public void Add_Names_AreKeptOnlyWhereTheOperatorSaysSo()
    {
        byte[] name = [3, (byte)'a', 0, 0xFF, 0];
        _recent.Add("no answer in time", name, RecordType.A);
        Assert.Null(_recent.Read()[0].Name);

        _recent.KeepsNames = true;
        _recent.Add("no answer in time", name, RecordType.A);

        Assert.Equal("a\\000\\255. A", _recent.Read()[0].Name);
    }

    [Fact]
    public void Add_ManyKinds_KeepsTheLatestAndNoMoreThanTheBound()
    {
        for (int i = 0; i < 10 * LogLimits.RecentErrors; i++)
        {
            _recent.Add(LogLevel.Error, $"kind {i}");
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(LogLimits.RecentErrors, _recent.Read().Count);
        Assert.Equal($"kind {(10 * LogLimits.RecentErrors) - 1}", _recent.Read()[0].Text);
    }

    [Fact]
    public void Read_LongAndUnprintableText_IsOneShortPlainLine()
    {
        _recent.Add(LogLevel.Error, "a\nb\0\u00ff" + new string('x', 5000));

        Assert.StartsWith("a\\nb\\x00\\u00ff", _recent.Read()[0].Text, StringComparison.Ordinal);
        Assert.InRange(_recent.Read()[0].Text.Length, LogLimits.RecentTextLength, LogLimits.RecentTextLength + 30);
    }

    [Fact]
    public void LogQueue_WarningsAndErrors_AreRemembered()
    {
        using LogQueue queue = new(_clock, System.IO.Stream.Null, System.IO.Stream.Null);
        queue.Log.Info("an information");
        queue.Log.Warning("a warning");
        queue.Log.Error(ErrorLog.Source + "2 secret.example. A: no answer in time");

        Assert.Equal(["a warning"], queue.Recent.Read().Select(error => error.Text));
    }
}
