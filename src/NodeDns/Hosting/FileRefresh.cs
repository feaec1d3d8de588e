using System;
using System.Threading;
using NodeDns.Pipeline;
using NodeDns.Timing;

namespace NodeDns.Hosting;

/// <summary>Has hosts files and weight files looked at when their time has come.</summary>
internal sealed class FileRefresh : IDisposable
{
    private readonly Clock _clock;
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private ServingPlan? _plan;

    public FileRefresh(Clock clock)
    {
        _clock = clock;
        _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        clock.Advanced += Look;
    }

    public void Watch(ServingPlan plan) => Volatile.Write(ref _plan, plan);

    public void Dispose()
    {
        _clock.Advanced -= Look;
        _timer.Dispose();
    }

    private void Look()
    {
        if (Volatile.Read(ref _plan) is not { } plan || !_gate.TryEnter())
        {
            return;
        }

        try
        {
            foreach (ZonePlan zone in plan.Zones)
            {
                zone.Sources?.Hosts?.RefreshIfDue(_clock.NowMilliseconds);
                zone.Reply.Balance?.RefreshIfDue(_clock.NowMilliseconds);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }
}
