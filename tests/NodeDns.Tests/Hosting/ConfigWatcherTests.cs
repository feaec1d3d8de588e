using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Threading;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Timing;
using Xunit;

namespace NodeDns.Tests.Hosting;

public sealed class ConfigWatcherTests : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly Clock _clock = new();
    private readonly BlockingCollection<ReloadTrigger> _reloads = [];
    private readonly ConcurrentQueue<string> _log = new();

    public void Dispose()
    {
        _reloads.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void FileContentChanged_NextInterval_ReloadsOnce()
    {
        string file = Write("Corefile", "one");
        using ConfigWatcher watcher = Start(Plan(file));

        File.WriteAllText(file, "two");
        _clock.Advance(s_interval * 2);

        Assert.Equal(ReloadTrigger.FileChange, Next());
        _clock.Advance(s_interval * 2);
        AssertNoMore(watcher);
    }

    [Fact]
    public void FileWrittenAgainWithSameContent_NextInterval_DoesNotReload()
    {
        string file = Write("Corefile", "one");
        using ConfigWatcher watcher = Start(Plan(file));

        File.WriteAllText(file, "one");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(1));
        _clock.Advance(s_interval * 2);

        AssertNoMore(watcher);
    }

    [Fact]
    public void ConfigMapSymlinkSwapped_NextInterval_Reloads()
    {
        // As the kubelet does it: Corefile -> ..data/Corefile, ..data -> a dated folder, swapped by rename.
        Directory.CreateDirectory(_folder["old"]);
        Directory.CreateDirectory(_folder["new"]);
        Write("old/Corefile", "one");
        Write("new/Corefile", "two");
        File.CreateSymbolicLink(_folder["..data"], "old");
        File.CreateSymbolicLink(_folder["Corefile"], "..data/Corefile");
        using ConfigWatcher watcher = Start(Plan(_folder["Corefile"]));

        File.CreateSymbolicLink(_folder["..data_tmp"], "new");
        using (Process rename = Process.Start("mv", ["-T", _folder["..data_tmp"], _folder["..data"]]))
        {
            rename.WaitForExit();
        }

        _clock.Advance(s_interval * 2);

        Assert.Equal(ReloadTrigger.FileChange, Next());
    }

    [Fact]
    public void FileDisappearsAndReturns_EachIsAChange()
    {
        string file = Write("Corefile", "one");
        using ConfigWatcher watcher = Start(Plan(file));

        File.Delete(file);
        _clock.Advance(s_interval * 2);
        Assert.Equal(ReloadTrigger.FileChange, Next());

        Write("Corefile", "one");
        _clock.Advance(s_interval * 2);
        Assert.Equal(ReloadTrigger.FileChange, Next());
    }

    [Fact]
    public void ReloadNamesOtherFiles_TheyAreWatchedFromThenOn()
    {
        string file = Write("Corefile", "one");
        string imported = Write("imported", "x");
        using ConfigWatcher watcher = Start(Plan(file), _ => Plan(file, imported));
        watcher.Request();
        Assert.Equal(ReloadTrigger.Signal, Next());
        AssertNoMore(watcher);

        File.WriteAllText(imported, "y");
        _clock.Advance(s_interval * 2);

        Assert.Equal(ReloadTrigger.FileChange, Next());
    }

    [Fact]
    public void ReloadThrows_TheWatcherLogsAndGoesOn()
    {
        string file = Write("Corefile", "one");
        int calls = 0;
        using ConfigWatcher watcher = Start(
            Plan(file), plan => ++calls == 1 ? throw new InvalidOperationException("broken") : plan);

        watcher.Request();
        Assert.Equal(ReloadTrigger.Signal, Next());
        Assert.True(SpinWait.SpinUntil(() => !_log.IsEmpty, s_patience));
        Assert.Contains("the old config stays", Assert.Single(_log), StringComparison.Ordinal);

        watcher.Request();
        Assert.Equal(ReloadTrigger.Signal, Next());
    }

    [Fact]
    public void IntervalZero_FilesAreNotLookedAtButSignalsWork()
    {
        string file = Write("Corefile", "one");
        using ConfigWatcher watcher = Start(new WatchPlan([file], TimeSpan.Zero, TimeSpan.Zero));

        File.WriteAllText(file, "two");
        _clock.Advance(TimeSpan.FromDays(365));
        AssertNoMore(watcher);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("USR1")]
    public void Signal_Received_ReloadsAndTheProcessLives(string signal)
    {
        using ConfigWatcher watcher = Start(Plan(Write("Corefile", "one")));

        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {Environment.ProcessId}"]);

        Assert.Equal(ReloadTrigger.Signal, Next());
    }

    [Theory]
    [InlineData(0.0, 22_500)]
    [InlineData(0.5, 30_000)]
    [InlineData(1.0, 37_500)]
    public void Interval_WithJitter_IsDrawnFromHalfTheJitterAroundIt(double drawn, long expected)
    {
        WatchPlan plan = new([], s_interval, TimeSpan.FromSeconds(15));
        using ConfigWatcher watcher = new(_clock, NullLog(), plan, _ => plan, () => drawn);
        Assert.Equal(expected, watcher.IntervalMilliseconds);
    }

    [Fact]
    public void Interval_JitterLargerThanHalf_IsCutToHalf()
    {
        WatchPlan plan = new([], TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60));
        using ConfigWatcher watcher = new(_clock, NullLog(), plan, _ => plan, () => 0.0);
        Assert.Equal(3000, watcher.IntervalMilliseconds);
    }

    private ConfigWatcher Start(WatchPlan plan, Func<WatchPlan, WatchPlan>? next = null)
    {
        ConfigWatcher watcher = new(
            _clock,
            new Log((_, text) => _log.Enqueue(text)),
            plan,
            trigger =>
            {
                _reloads.Add(trigger);
                return next is null ? plan : next(plan);
            },
            () => 0.5);
        watcher.Start();
        return watcher;
    }

    private static Log NullLog() => new((_, _) => { });

    private static WatchPlan Plan(params string[] files) => new([.. files], s_interval, TimeSpan.Zero);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private ReloadTrigger Next()
    {
        Assert.True(_reloads.TryTake(out ReloadTrigger trigger, s_patience), "no reload came");
        return trigger;
    }

    /// <summary>A reload that is asked for comes next, so nothing was waiting before it.</summary>
    private void AssertNoMore(ConfigWatcher watcher)
    {
        watcher.Request();
        Assert.Equal(ReloadTrigger.Signal, Next());
        Assert.Empty(_reloads);
    }
}
