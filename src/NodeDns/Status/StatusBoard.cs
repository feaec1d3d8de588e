using System;
using System.Buffers;
using System.Threading;
using NodeDns.Admin;
using NodeDns.Timing;

namespace NodeDns.Status;

/// <summary>The status page, its figures and the timer that keeps the hour's history.</summary>
internal sealed class StatusBoard : IDisposable
{
    private readonly Clock _clock;
    private readonly Func<StatusSnapshot> _snapshot;
    private readonly Func<StatusTotals> _totals;
    private readonly TrafficHistory _history;
    private readonly Timer _timer;

    /// <param name="totals">Cheap: called every ten seconds whether anybody looks or not.</param>
    /// <param name="snapshot">Called for each request.</param>
    public StatusBoard(Clock clock, Func<StatusTotals> totals, Func<StatusSnapshot> snapshot)
    {
        _clock = clock;
        _totals = totals;
        _snapshot = snapshot;
        _history = new TrafficHistory(clock.NowMilliseconds, totals());
        _timer = new Timer(_ => OnTimer(), null, UntilNextSlot(), Timeout.InfiniteTimeSpan);
        clock.Advanced += Sample;
    }

    /// <summary>What the metrics address answers besides the metrics.</summary>
    public AdminRoute[] Routes() =>
        [StatusPage.Route(), new AdminRoute("/api/v1/stats", "application/json", WriteStats) { Fields = AdminRoute.OfTheMoment }];

    public void Dispose()
    {
        _clock.Advanced -= Sample;
        _timer.Dispose();
    }

    private int WriteStats(IBufferWriter<byte> body)
    {
        StatusSnapshot snapshot = _snapshot();
        long now = _clock.NowMilliseconds;
        long[][] slots = _history.Read(now, snapshot.Totals);
        StatusJson.Write(body, snapshot, slots, now % StatusLimits.StepMilliseconds / 1000.0);
        return 200;
    }

    private void Sample() => _history.Advance(_clock.NowMilliseconds, _totals());

    private void OnTimer()
    {
        Sample();
        try
        {
            _timer.Change(UntilNextSlot(), Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The server is stopping.
        }
    }

    private TimeSpan UntilNextSlot() =>
        TimeSpan.FromMilliseconds(TrafficHistory.UntilNextSlot(_clock.NowMilliseconds)) + StatusLimits.TimerSlack;
}
