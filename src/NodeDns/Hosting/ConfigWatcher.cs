using System;
using System.Runtime.InteropServices;
using System.Threading;
using NodeDns.Logging;
using NodeDns.Timing;

namespace NodeDns.Hosting;

/// <summary>Asks for a reload when a config file's content changes or a signal comes; one reload at a time, on its own thread.</summary>
/// <remarks>
/// The reload delegate does the work and keeps the old config when the new one is bad; it returns what to watch from
/// now on. Several signals during one reload become one more reload.
/// </remarks>
internal sealed class ConfigWatcher : IDisposable
{
    // Not in the PosixSignal enum; raw numbers are allowed. The same on x86-64 and arm64.
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    private readonly Clock _clock;
    private readonly Log _log;
    private readonly Func<ReloadTrigger, WatchPlan> _reload;
    private readonly Func<double> _draw;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly PosixSignalRegistration _hangup;
    private readonly PosixSignalRegistration _user1;
    private WatchPlan _plan;
    private string _fingerprint;
    private long _intervalMilliseconds;
    private long _dueMilliseconds;
    private volatile bool _requested;
    private volatile bool _stopping;

    /// <param name="draw">Random numbers from 0 to 1; null: the process's own.</param>
    public ConfigWatcher(
        Clock clock, Log log, WatchPlan plan, Func<ReloadTrigger, WatchPlan> reload, Func<double>? draw = null)
    {
        _clock = clock;
        _log = log;
        _reload = reload;
        _draw = draw ?? Random.Shared.NextDouble;
        _plan = plan;
        _fingerprint = FileFingerprint.Of(plan.Files);
        Schedule();

        // Taken here and not at the start: a reload asked for while the server still binds must not end it.
        _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        _user1 = PosixSignalRegistration.Create(UserSignal1, OnSignal);
        _thread = new Thread(Run) { IsBackground = true, Name = "config-watch" };
    }

    /// <summary>The drawn interval of now; for tests.</summary>
    internal long IntervalMilliseconds => Volatile.Read(ref _intervalMilliseconds);

    /// <summary>Starts the thread, which also does what was asked for before.</summary>
    public void Start()
    {
        _clock.Advanced += Wake;
        _thread.Start();
    }

    /// <summary>Asks for a reload as a signal does.</summary>
    public void Request()
    {
        _requested = true;
        _wake.Set();
    }

    /// <summary>Ends the thread; a reload under way is waited for.</summary>
    public void Dispose()
    {
        _clock.Advanced -= Wake;
        _hangup.Dispose();
        _user1.Dispose();
        _stopping = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private void Wake() => _wake.Set();

    private void OnSignal(PosixSignalContext context)
    {
        // Both signals end a process by default.
        context.Cancel = true;
        Request();
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_clock.NowMilliseconds >= _dueMilliseconds)
            {
                _dueMilliseconds = _clock.NowMilliseconds + _intervalMilliseconds;
                LookAtFiles();
            }
            else if (_requested)
            {
                _requested = false;
                Reload(ReloadTrigger.Signal);
            }
            else
            {
                _wake.WaitOne((int)Math.Clamp(_dueMilliseconds - _clock.NowMilliseconds, 1, int.MaxValue));
            }
        }
    }

    private void LookAtFiles()
    {
        string now = FileFingerprint.Of(_plan.Files);
        if (now != _fingerprint)
        {
            Reload(ReloadTrigger.FileChange);
        }
    }

    private void Reload(ReloadTrigger trigger)
    {
        // Taken before the files are read: a change in between is then seen as a change the next time.
        string before = FileFingerprint.Of(_plan.Files);
        WatchPlan plan = _plan;
        try
        {
            plan = _reload(trigger);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            _log.Error($"reload: the old config stays: {broken}");
        }

        bool sameFiles = plan.Files.AsSpan().SequenceEqual(_plan.Files.AsSpan());
        _fingerprint = sameFiles ? before : FileFingerprint.Of(plan.Files);
        bool sameTimes = plan.Interval == _plan.Interval && plan.Jitter == _plan.Jitter;
        _plan = plan;
        if (!sameTimes)
        {
            Schedule();
        }
    }

    private void Schedule()
    {
        if (_plan.Interval <= TimeSpan.Zero)
        {
            _intervalMilliseconds = long.MaxValue / 4;
        }
        else
        {
            double jitter = Math.Min(_plan.Jitter.TotalMilliseconds, _plan.Interval.TotalMilliseconds / 2);
            double drawn = _plan.Interval.TotalMilliseconds + ((_draw() - 0.5) * jitter);
            Volatile.Write(ref _intervalMilliseconds, Math.Max(1, (long)drawn));
        }

        _dueMilliseconds = _clock.NowMilliseconds + _intervalMilliseconds;
    }
}
