using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using NodeDns.Admin;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Linux.Scheduling;
using NodeDns.Listeners;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Timing;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>The running server: start order, reload, end.</summary>
/// <remarks>Order of the start: read everything, bind, answer, then admin and control. Of the end: the reverse.</remarks>
internal sealed class Server : IDisposable
{
    private static readonly TimeSpan s_stopWithin = TimeSpan.FromSeconds(4);

    private readonly ServerOptions _options;
    private readonly CorefileSource _source;
    private readonly Log _log;
    private readonly Clock _clock;
    private readonly CounterRegistry _counters = new();
    private readonly AnswerCache _cache;
    private readonly InFlightTable _inFlight = new();
    private readonly Readiness _readiness = new();
    private readonly AdminServer _admin;
    private readonly PlanBuilder _plans;
    private readonly UdpWorker[] _workers;
    private readonly TcpConnectionTable _connections;
    private readonly ListenerSet _listeners;
    private readonly ReloadCounters _reloads = new();
    private readonly LoopCounters _loopCounters = new();
    private readonly LoopProbe _loops;
    private readonly FileRefresh _files;
    private NodeDnsConfig? _config;
    private ServingPlan? _plan;

    public Server(ServerOptions options, CorefileSource source, Clock clock, LogQueue logs)
    {
        _options = options;
        _source = source;
        _clock = clock;
        _log = logs.Log;
        int workers = options.Workers > 0 ? options.Workers : CpuQuota.Workers();
        _cache = new AnswerCache(options.CacheBytes, workers);
        _plans = new PlanBuilder(new UpstreamRegistry(clock), new CacheSpaces(), _cache.Occupancy, clock, logs);
        PipelineContext shared = new(clock, _cache, _inFlight, new RefreshBackoff(), _counters, new PendingRewrites());
        WorkerInbox[] inboxes = new WorkerInbox[workers];
        _connections = new TcpConnectionTable(shared, new QuestionStarter(_inFlight, null, inboxes));
        _workers = new UdpWorker[workers];
        for (int i = 0; i < workers; i++)
        {
            _workers[i] = new UdpWorker(i, shared, _connections, _log);
            inboxes[i] = _workers[i].Inbox;
        }

        _listeners = new ListenerSet(_workers, _connections, _log);
        _admin = new AdminServer(_log);
        _loops = new LoopProbe(_log, _loopCounters);
        _files = new FileRefresh(clock);
        _readiness.Add("listeners", () => _listeners.Count > 0);
    }

    /// <summary>Serves until SIGTERM or SIGINT; returns the exit code.</summary>
    public int Run()
    {
        CorefileResult read = _source.Read(_options.ToCorefileContext());
        if (read.Config is null)
        {
            Report(read);
            return 1;
        }

        // Remembers what the files hold before anyone can know that this server runs: a change from here on is seen.
        using ConfigWatcher watcher = new(_clock, _log, WatchPlanOf(read), Reload);
        foreach (string warning in read.Warnings)
        {
            _log.Warning(warning);
        }

        using ShutdownSignal shutdown = new();
        if (!TryServe(read.Config, out string error) || !_admin.TryApply(AdminPlanOf(read.Config), out error))
        {
            _log.Error(error);
            return 1;
        }

        Array.ForEach(_workers, worker => worker.Start());
        _clock.Advanced += WakeWorkers;
        using PidFile? pidFile = WritePidFile();
        using ControlServer control = new(_options.ControlSocket, _log);
        control.Register(ClockControl.Command, ClockControl.Handler(_clock, Environment.GetEnvironmentVariable));
        control.Start();
        watcher.Start();
        SayHello(read.Config);
        ServiceNotice.Send(ServiceNotice.Ready);

        shutdown.Wait();
        ServiceNotice.Send(ServiceNotice.Stopping);
        Stop(read.Config);
        return 0;
    }

    public void Dispose()
    {
        _loops.Dispose();
        _files.Dispose();
        _plan?.Retire();
        _listeners.Dispose();
        _connections.Dispose();
        _admin.Dispose();
        Array.ForEach(_workers, worker => worker.Dispose());
    }

    private bool TryServe(NodeDnsConfig config, out string error)
    {
        ServingPlan plan;
        try
        {
            plan = _plans.Build(config);
        }
        catch (InvalidOperationException refused)
        {
            error = refused.Message;
            return false;
        }

        TimeoutsConfig? timeouts = config.Blocks.Select(block => block.Timeouts).FirstOrDefault(one => one is not null);
        if (!_listeners.TryApply(plan, TcpTimeouts.From(timeouts), out error))
        {
            return false;
        }

        _files.Watch(plan);
        _loops.Watch(plan);
        _plan?.Retire();
        _plan = plan;
        _config = config;
        return true;
    }

    /// <summary>Reads everything anew; a config with any error, or an address that cannot be had, changes nothing.</summary>
    private WatchPlan Reload(ReloadTrigger trigger)
    {
        CorefileResult read = _source.Read(_options.ToCorefileContext());
        if (read.Config is null)
        {
            _reloads.Failed++;
            Report(read);
            _log.Error($"reload ({trigger}): {read.Errors.Length} errors; the old config stays");
            return WatchPlanOf(read, _config);
        }

        if (trigger == ReloadTrigger.FileChange && read.Config.Hash == _config?.Hash && !ReadsOtherFiles(read))
        {
            return WatchPlanOf(read);
        }

        if (!TryServe(read.Config, out string error) || !_admin.TryApply(AdminPlanOf(read.Config), out error))
        {
            _reloads.Failed++;
            _log.Error($"reload ({trigger}): {error}; the old config stays");
            return WatchPlanOf(read, _config);
        }

        _reloads.Succeeded++;
        _log.Info($"reload ({trigger}): serving config {read.Config.Hash[..12]}");
        return WatchPlanOf(read);
    }

    /// <summary>resolv.conf and hosts files are not part of the Corefile's hash.</summary>
    private bool ReadsOtherFiles(CorefileResult read) => read.FilesRead.Any(file => file != _source.Name);

    private void Report(CorefileResult read)
    {
        foreach (ConfigError error in read.Errors)
        {
            _log.Error(error.ToString());
        }
    }

    private WatchPlan WatchPlanOf(CorefileResult read, NodeDnsConfig? served = null)
    {
        ReloadConfig? reload = (served ?? read.Config)?.Blocks.Select(block => block.Reload).FirstOrDefault(one => one is not null);
        ImmutableArray<string> files = _source.FilesToWatch(read);
        return new WatchPlan(files, reload?.Interval ?? TimeSpan.Zero, reload?.Jitter ?? TimeSpan.Zero);
    }

    private AdminPlan AdminPlanOf(NodeDnsConfig config) => AdminPlan.Build(
        config, _readiness, body => MetricsText.Write(body, _counters, _cache, _inFlight, _connections, _reloads, _loopCounters));

    private PidFile? WritePidFile()
    {
        if (_options.PidFile is not { } path)
        {
            return null;
        }

        PidFile? file = PidFile.TryWrite(path, out string error);
        if (file is null)
        {
            _log.Warning(error);
        }

        return file;
    }

    private void SayHello(NodeDnsConfig config)
    {
        if (!_options.Quiet)
        {
            foreach (string line in StartupText.Of(config, _source, _workers.Length, _cache.BudgetBytes))
            {
                _log.Info(line);
            }
        }
    }

    private void WakeWorkers() => Array.ForEach(_workers, worker => worker.Inbox.Wake());

    private void Stop(NodeDnsConfig config)
    {
        TimeSpan lameduck = config.Blocks.Select(block => block.Health?.Lameduck ?? TimeSpan.Zero).Max();
        if (lameduck > TimeSpan.Zero)
        {
            _log.Info($"stopping in {lameduck.TotalSeconds} s (lameduck)");
            Thread.Sleep(lameduck);
        }

        _listeners.Dispose();
        _connections.Drain(s_stopWithin / 2).Wait(s_stopWithin);
        Array.ForEach(_workers, worker => worker.Stop(s_stopWithin / 2));
        _log.Info("stopped");
    }
}
