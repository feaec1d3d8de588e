using System;
using System.Threading;
using NodeDns.Linux.Scheduling;
using NodeDns.Logging;

namespace NodeDns.Hosting;

/// <summary>Ends the process when its orderly end takes too long, whatever it waits for.</summary>
/// <remarks>The kernel then does what was left to do: it removes the device and the rules that belong to the process.</remarks>
internal sealed class StopDeadline : IDisposable
{
    // The log is written by a thread of its own; this much it gets to write the last line.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _within;
    private readonly Timer _timer;

    public StopDeadline(TimeSpan within, Log log)
    {
        _within = within;
        _timer = new Timer(
            _ =>
            {
                log.Warning($"not stopped after {within.TotalSeconds} s: ending at once");
                using ManualResetEventSlim pause = new();
                pause.Wait(s_lastWords);
                ProcessEnd.Now(0);
            });
    }

    /// <summary>The time runs from here on, behind what the config asks to be waited first.</summary>
    public void Start(TimeSpan lameduck) => _timer.Change(lameduck + _within, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
