using System;
using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Admin;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Discovery;
using NodeDns.Dnstap;
using NodeDns.Linux.Scheduling;
using NodeDns.Listeners;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Status;
using NodeDns.Timing;
using NodeDns.Top;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>The running server: start order, reload, end.</summary>
/// <remarks>
/// Order of the start: read everything, addresses, bind, answer, intercept, ready. Of the end: not ready, interception off,
/// sockets drained, addresses off.
/// </remarks>
internal sealed class Server : IDisposable
{
    // The parts of the end, which together stay below the whole of it.
    private static readonly TimeSpan s_exitWithin = TimeSpan.FromSeconds(4.7);
    private static readonly TimeSpan s_drainWithin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_workerEndWithin = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_reloadEndWithin = TimeSpan.FromMilliseconds(300);

    // A datagram or a handshake that was on its way to a socket when that stopped taking any is through by then.
    private static readonly TimeSpan s_drainAtLeast = TimeSpan.FromMilliseconds(50);

    // With -reloadwithsignal node-cache looks at its files this often, and needs no `reload` in the Corefile.
    private static readonly TimeSpan s_lookOfNodeCache = TimeSpan.FromSeconds(10);

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
    private readonly UpstreamRegistry _upstreams;
    private readonly UpstreamDiscovery _discovery;
    private readonly CorefileContext _context;
    private readonly UdpWorker[] _workers;
    private readonly TcpConnectionTable _connections;
    private readonly ListenerSet _listeners;
    private readonly OperatorCommands _commands;
    private readonly DnstapOutputs _taps;
    private readonly TopWatch _top;
    private readonly LogQueue _logs;
    private readonly ReloadCounters _reloads = new();
    private readonly LoopCounters _loopCounters = new();
    private readonly LoopProbe _loops;
    private readonly FileRefresh _files;
    private readonly SetupCounters _setup = new();
    private readonly HealthCounters _health = new();

    // Made once queries are answered, or when asked for.
    private readonly Lazy<ServerMetrics> _metrics;
    private readonly DataPlaneCheck _check;
    private readonly UpstreamProber _prober;
    private readonly NodeStage _node;
    private readonly KubeDnsFolder _kubeDns;
    private readonly StatusReader _status;
    private readonly StatusBoard _board;
    private readonly Lock _applying = new();
    private readonly long _startedAt;
    private bool _isStopping;
    private MeterPublisher? _meter;
    private NodeDnsConfig? _config;
    private ServingPlan? _plan;

    public Server(ServerOptions options, CorefileSource source, Clock clock, LogQueue logs)
    {
        _options = options;
        _source = source;
        _clock = clock;
        _startedAt = clock.NowMilliseconds;
        _logs = logs;
        _log = logs.Log;
        int workers = options.Workers > 0 ? options.Workers : CpuQuota.Workers();
        _cache = new AnswerCache(options.CacheBytes, workers);
        _upstreams = new UpstreamRegistry(clock, _log);
        CorefileContext context = options.ToCorefileContext();
        _discovery = new UpstreamDiscovery(clock, _log, context.Files, context.LocalAddresses) { Changed = ServeAnew };
        _context = context with { ResolveUpstream = _discovery.Resolve };
        _taps = new DnstapOutputs(_log);
        _plans = new PlanBuilder(_upstreams, new CacheSpaces(), _cache.Occupancy, clock, logs, _counters, _taps, _discovery.Expand);
        PipelineContext shared = new(clock, _cache, _inFlight, new RefreshBackoff(), _counters, new PendingRewrites())
        {
            Top = new TopWatch(clock, workers + 1),
        };
        _top = shared.Top;
        WorkerInbox[] inboxes = new WorkerInbox[workers];
        QuestionStarter starter = new(_inFlight, null, inboxes);
        _connections = new TcpConnectionTable(shared, starter, _log);
        ExplainedQueries explained = new(shared, starter, _connections);
        _commands = new OperatorCommands(shared, explained, _upstreams, () => _plan);
        _workers = new UdpWorker[workers];
        for (int i = 0; i < workers; i++)
        {
            _workers[i] = new UdpWorker(i, shared, explained, _log);
            inboxes[i] = _workers[i].Inbox;
        }

        _listeners = new ListenerSet(_workers, _connections, _log);
        _admin = new AdminServer(_log);
        _loops = new LoopProbe(_log, _loopCounters);
        _files = new FileRefresh(clock);
        _readiness.Add("listeners", () => _listeners.Count > 0);
        _kubeDns = new KubeDnsFolder(options.KubeDnsFolderOrDefault(), CorefileFiles.OfSystem, _log, _setup);
        _node = new NodeStage(options, _readiness, _log, _setup);
        logs.Recent.KeepsNames = options.StatusNames;
        _status = new StatusReader(
            source.Name, clock, logs, _counters, _cache, _inFlight, _connections, _readiness, _reloads, _node);
        _board = new StatusBoard(clock, _status.Totals, _status.Snapshot);
        _check = new DataPlaneCheck(_workers, _health);
        if (ServiceNotice.IsWatched)
        {
            _check.Checked = isWell =>
            {
                if (isWell)
                {
                    ServiceNotice.Send(ServiceNotice.Alive);
                }
            };
        }

        _prober = new UpstreamProber(clock, _log, _discovery.Expand);
        _metrics = new Lazy<ServerMetrics>(Measure);
    }

    /// <summary>Told when all of it stands.</summary>
    public Action? Started { get; init; }

    /// <summary>Everything this server exports.</summary>
    public MetricSet Metrics => _metrics.Value.Set;

    public CounterRegistry Counters => _counters;

    /// <summary>Serves until SIGTERM or SIGINT; returns the exit code.</summary>
    public int Run()
    {
        long began = Stopwatch.GetTimestamp();
        CorefileResult read = Read();
        if (read.Config is null)
        {
            Report(read);
            return 1;
        }

        // Remembers what the files hold before anyone can know that this server runs: a change from here on is seen.
        using ConfigWatcher watcher = new(_clock, _log, WatchPlanOf(read), Reload);
        foreach (string warning in read.Warnings)
        {
            _log.Whole(LogLevel.Warning, warning);
        }

        // From the signal on, even when it comes in the middle of the start.
        using StopDeadline deadline = new(s_exitWithin, _log);
        using ShutdownSignal shutdown = new(() => deadline.Start(Lameduck(_config)));
        if (!_node.TryPrepare(out string error) || !TryServe(read.Config, out error))
        {
            _node.Release();
            _log.Error(error);
            return 1;
        }

        _clock.Advanced += WakeWorkers;

        // Queries first: pods wait for them, nobody for the metrics and commands of a process this young (decision 28).
        Array.ForEach(_workers, worker => worker.Start());
        Administer(read.Config);
        _meter = new MeterPublisher(Metrics);
        using ControlServer control = new(_options.ControlSocket, _log);
        Register(control);
        control.Start();
        _reloads.OnLoaded(Stopwatch.GetElapsedTime(began));
        if (!_node.TryIntercept(out error))
        {
            _log.Error(error);
            Stop(TimeSpan.Zero);
            return 1;
        }

        using PidFile? pidFile = WritePidFile();
        watcher.Start();
        SayHello(read.Config);
        ServiceNotice.Send(ServiceNotice.Ready);

        // What is written for the first time is compiled on the way: not while a scraper waits for it.
        AdminRoute.Metrics(Metrics).Write(new ArrayBufferWriter<byte>());
        Started?.Invoke();

        bool wasInTheStart = shutdown.IsAsked;
        shutdown.Wait();
        ServiceNotice.Send(ServiceNotice.Stopping);
        Stop(wasInTheStart ? TimeSpan.Zero : Lameduck(_config));
        return 0;
    }

    public void Dispose()
    {
        _board.Dispose();
        _node.Dispose();
        _meter?.Dispose();
        _check.Dispose();
        _prober.Dispose();
        _discovery.Dispose();
        _loops.Dispose();
        _files.Dispose();
        _plan?.Retire();
        _listeners.Dispose();
        _connections.Dispose();
        _admin.Dispose();
        _top.Dispose();
        _taps.Dispose();
        Array.ForEach(_workers, worker => worker.Dispose());
    }

    private ServerMetrics Measure()
    {
        ServerMetrics metrics = new(_counters) { Reloads = _reloads, Setup = _setup, Loops = _loopCounters, Health = _health };
        metrics.AddTraffic(_cache, _inFlight, _connections, _upstreams);
        metrics.AddState(_check, _readiness, _node, () => _config?.Hash ?? "", () => _plan);
        _prober.Register(metrics.Set);
        metrics.AddProcess(_admin, _logs, _taps, _workers);
        return metrics;
    }

    private bool TryServe(NodeDnsConfig config, out string error)
    {
        ServingPlan plan;
        try
        {
            if (config != _config)
            {
                _discovery.Serve(config);
            }

            plan = _plans.Build(config);
        }
        catch (InvalidOperationException refused)
        {
            error = refused.Message;
            return false;
        }

        TimeoutsConfig? timeouts = config.Blocks.Select(block => block.Timeouts).FirstOrDefault(one => one is not null);
        _node.Narrow(plan);
        if (!_listeners.TryApply(plan, TcpTimeouts.From(timeouts), out error))
        {
            if (_plan is not null)
            {
                _node.Listen(_plan);
            }

            return false;
        }

        plan.Activate();
        _upstreams.Keep(plan.Upstreams);
        _node.Listen(plan);
        _files.Watch(plan);
        _loops.Watch(plan);
        plan.Describe(_counters);
        _prober.Watch(config);
        _check.Watch(plan, ServiceNotice.IsWatched || config.Blocks.Any(block => block.Health is not null));
        _plan?.Retire();
        _plan = plan;
        _config = config;
        _status.OnServed(plan, config);
        _taps.KeepOnly(plan.Taps);
        return true;
    }

    private CorefileResult Read()
    {
        _discovery.BeginReading();
        return _kubeDns.Read(_source, _context);
    }

    /// <summary>The same config with what its names and files stand for now.</summary>
    private void ServeAnew()
    {
        lock (_applying)
        {
            if (!_isStopping && _config is { } config && !TryServe(config, out string error))
            {
                _log.Error($"forward: {error}; the upstreams stay as they were");
            }
        }
    }

    private WatchPlan Reload(ReloadTrigger trigger)
    {
        lock (_applying)
        {
            return _isStopping ? new WatchPlan([], TimeSpan.Zero, TimeSpan.Zero) : ReadAndServe(trigger);
        }
    }

    /// <summary>Reads everything anew; a config with any error, or an address that cannot be had, changes nothing.</summary>
    private WatchPlan ReadAndServe(ReloadTrigger trigger)
    {
        long began = Stopwatch.GetTimestamp();
        CorefileResult read = Read();
        if (read.Config is null)
        {
            _reloads.Failed++;
            _reloads.LastFailed = true;
            Report(read);
            _log.Error($"reload ({trigger}): {read.Errors.Length} errors; the old config stays");
            return WatchPlanOf(read, _config);
        }

        if (trigger == ReloadTrigger.FileChange && read.Config.Hash == _config?.Hash && !ReadsOtherFiles(read))
        {
            return WatchPlanOf(read);
        }

        if (!TryServe(read.Config, out string error))
        {
            _reloads.Failed++;
            _reloads.LastFailed = true;
            _taps.KeepOnly(_plan?.Taps ?? ImmutableHashSet<DnstapOutput>.Empty);
            _log.Error($"reload ({trigger}): {error}; the old config stays");
            return WatchPlanOf(read, _config);
        }

        Administer(read.Config);
        _reloads.OnLoaded(Stopwatch.GetElapsedTime(began));
        _reloads.Succeeded++;
        _reloads.LastFailed = false;
        _log.Info($"reload ({trigger}): serving config {read.Config.Hash[..12]}");
        return WatchPlanOf(read);
    }

    /// <summary>resolv.conf and hosts files are not part of the Corefile's hash.</summary>
    private bool ReadsOtherFiles(CorefileResult read) => read.FilesRead.Any(file => file != _source.Name);

    private void Report(CorefileResult read)
    {
        foreach (ConfigError error in read.Errors)
        {
            _log.Whole(LogLevel.Error, error.ToString());
        }
    }

    private WatchPlan WatchPlanOf(CorefileResult read, NodeDnsConfig? served = null)
    {
        ReloadConfig? reload = (served ?? read.Config)?.Blocks.Select(block => block.Reload).FirstOrDefault(one => one is not null);
        ImmutableArray<string> files = _source.FilesToWatch(read).AddRange(_kubeDns.Files);
        TimeSpan otherwise = _options.ReloadWithSignal ? s_lookOfNodeCache : TimeSpan.Zero;
        return new WatchPlan(files, reload?.Interval ?? otherwise, reload?.Jitter ?? TimeSpan.Zero);
    }

    private void Administer(NodeDnsConfig config)
    {
        AdminPlan plan = AdminPlan.Build(config, _readiness, _check.Missing, Metrics, _board.Routes());
        if (_node.IsOnNode)
        {
            plan.Add(_options.MetricsEndPoint(), AdminRoute.Metrics(Metrics));
        }

        _admin.Apply(plan, waitsForTaken: _node.IsOnNode);
    }

    private void Register(ControlServer control)
    {
        control.Register(ClockControl.Command, ClockControl.Handler(_clock, Environment.GetEnvironmentVariable));
        _node.Register(control);
        _commands.Register(control, _node);
        control.RegisterLines("stats", _ => StatsText.Lines(
            _counters, _cache, _inFlight, _connections, _reloads, _logs.Dropped, _taps.Totals, _clock.NowMilliseconds - _startedAt));
        control.RegisterLines("top", _ => TopText.Lines(
            _counters, _inFlight, _connections, _upstreams.All, _top.Look(), _node.Interception, _clock.NowMilliseconds - _startedAt));
    }

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
            foreach (string line in StartupText.Of(config, _source, _workers.Length, _cache.BudgetBytes, _node.Interception))
            {
                _log.Info(line);
            }
        }
    }

    private void WakeWorkers() => Array.ForEach(_workers, worker => worker.Inbox.Wake());

    private static TimeSpan Lameduck(NodeDnsConfig? config) =>
        config is null ? TimeSpan.Zero : config.Blocks.Select(block => block.Health?.Lameduck ?? TimeSpan.Zero).Max();

    private void Stop(TimeSpan lameduck)
    {
        _readiness.Add("stopping", () => false);
        if (lameduck > TimeSpan.Zero)
        {
            _log.Info($"stopping in {lameduck.TotalSeconds} s (lameduck)");
            Thread.Sleep(lameduck);
        }

        bool noReload = _applying.TryEnter(s_reloadEndWithin);
        _isStopping = true;
        _node.StopIntercepting();
        Drain();
        _node.Release();
        if (noReload)
        {
            _applying.Exit();
        }

        _log.Info("stopped");
    }

    /// <summary>Answers whatever was received, and what waits for an upstream as long as there is time.</summary>
    private void Drain()
    {
        Array.ForEach(_workers, worker => worker.Retire());
        _listeners.Retire();
        Thread.Sleep(s_drainAtLeast);
        _listeners.Dispose();
        Task connections = _connections.Drain(s_drainWithin);
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < s_drainWithin && _inFlight.Waiting > 0)
        {
            Thread.Sleep(5);
        }

        connections.Wait(s_drainWithin);
        Array.ForEach(_workers, worker => worker.Stop(s_workerEndWithin));
    }
}
