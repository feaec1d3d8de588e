using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using NodeDns.Admin;
using NodeDns.Cache;
using NodeDns.Dnstap;
using NodeDns.Listeners;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Sources;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>All metrics of a server, put together from its parts; docs/metrics.md has the list.</summary>
internal sealed class ServerMetrics
{
    private static readonly string[] s_plugin = ["server", "zone", "view", "name"];
    private readonly CounterRegistry _counters;
    private readonly ZoneTotals _totals;

    public ServerMetrics(CounterRegistry counters)
    {
        _counters = counters;
        _totals = new ZoneTotals(counters);
        Set.Prepare(_totals.Refresh);
    }

    public MetricSet Set { get; } = new();

    public required ReloadCounters Reloads { get; init; }

    public required SetupCounters Setup { get; init; }

    public required LoopCounters Loops { get; init; }

    public required HealthCounters Health { get; init; }

    /// <summary>Queries, answers, cache, upstreams.</summary>
    public void AddTraffic(
        AnswerCache cache, InFlightTable inFlight, TcpConnectionTable connections, UpstreamRegistry upstreams)
    {
        new ZoneMetrics(_totals).Register(Set);
        Set.Counter("nodedns_queries_total", "Messages received.", () => _counters.Sum(one => one.Queries));
        Set.Counter("nodedns_ignored_total", "Messages that deserve no reply.", () => _counters.Sum(one => one.Ignored));
        Set.Counter("nodedns_replies_dropped_total", "Replies the kernel did not take.", () => _counters.Sum(one => one.RepliesDropped));
        Set.Counter("coredns_panics_total", "Unexpected errors that were caught.", () => _counters.Sum(one => one.UnexpectedErrors));
        Set.Counter("nodedns_loops_detected_total", "Forwarding loops found.", () => Loops.Detected);
        Set.Gauge("nodedns_tcp_connections", "TCP clients connected.", () => (long)connections.Open);
        Set.Counter("nodedns_tcp_refused_total", "TCP clients refused at a bound.", () => connections.Refused);
        Set.Counter("nodedns_tcp_slow_readers_total", "TCP clients cut off unread.", () => connections.SlowReaders);

        CacheOccupancy occupancy = cache.Occupancy;
        new CacheMetrics(
            _totals,
            (space, isDenial) => isDenial
                ? occupancy.Entries((ushort)space, AnswerKind.Denial) + occupancy.Entries((ushort)space, AnswerKind.Failure)
                : occupancy.Entries((ushort)space, AnswerKind.Success),
            (space, isDenial) => isDenial
                ? occupancy.Evictions((ushort)space, AnswerKind.Denial) + occupancy.Evictions((ushort)space, AnswerKind.Failure)
                : occupancy.Evictions((ushort)space, AnswerKind.Success)).Register(Set);
        Set.Add(
            new MetricFamily("nodedns_stale_age_seconds", MetricKind.Histogram, "How long ago a stale answer had expired."),
            StaleAges);
        Set.Gauge("nodedns_cache_budget_bytes", "Byte budget of the cache.", () => cache.BudgetBytes);
        Set.Gauge("nodedns_cache_used_bytes", "What entries take of it.", () => cache.UsedBytes);

        new UpstreamMetrics(upstreams, _counters, inFlight).Register(Set);
        Set.Gauge("nodedns_in_flight_questions", "Questions on their way to an upstream.", () => (long)inFlight.Count);
        Set.Gauge("nodedns_in_flight_clients", "Clients that wait for them.", () => (long)inFlight.Waiting);
        Set.Counter("nodedns_in_flight_full_total", "Misses refused for want of room.", () => _counters.Sum(one => one.InFlightFull));
        Set.Counter(
            "nodedns_client_share_full_total", "Misses refused at their client's share of the questions in flight.",
            () => _counters.Sum(one => one.ClientShareFull));
        Set.Counter(
            "nodedns_question_waiters_full_total", "Misses refused because too many wait for the question.",
            () => _counters.Sum(one => one.QuestionShareFull));
        Set.Counter("nodedns_coalesced_total", "Misses that joined a question in flight.", () => _counters.Sum(one => one.Coalesced));
    }

    /// <summary>The process and its set-up.</summary>
    public void AddProcess(AdminServer admin, LogQueue logs, DnstapOutputs taps, UdpWorker[] workers)
    {
        SampleLabels build = new(
            ["version", "revision", "goversion"], Version(), Revision(), $"{RuntimeInformation.FrameworkDescription} (no Go)");
        Set.Add(
            new MetricFamily("coredns_build_info", MetricKind.Gauge, "Always 1.", "version", "revision", "goversion"),
            sink => sink.Add(build, 1L));
        Set.Add(
            new MetricFamily("coredns_plugin_enabled", MetricKind.Gauge, "1 for each directive of a zone.", s_plugin),
            Plugins);
        SampleLabels[] ids = [.. Enumerable.Range(0, workers.Length)
            .Select(worker => new SampleLabels(["worker"], worker.ToString(CultureInfo.InvariantCulture)))];
        Set.Gauge("nodedns_workers", "Worker threads.", () => (long)workers.Length);
        Set.Add(
            new MetricFamily("nodedns_worker_cpu_seconds_total", MetricKind.Counter, "Processor time of each worker.", "worker"),
            sink =>
            {
                for (int i = 0; i < workers.Length; i++)
                {
                    sink.Add(ids[i], workers[i].CpuSeconds);
                }
            });
        Set.Counter("nodedns_admin_refused_total", "HTTP connections closed because too many were open.", () => admin.Refused);
        Set.Counter("nodedns_log_lines_dropped_total", "Log lines dropped.", () => logs.Dropped);
        Set.Counter("nodedns_dnstap_frames_total", "Messages given to dnstap collectors.", () => taps.Totals.Sent);
        Set.Counter("nodedns_dnstap_frames_dropped_total", "Messages no collector took in time.", () => taps.Totals.Dropped);
        new ProcessMetrics().Register(Set);
        RuntimeMetrics.Register(Set);
    }

    /// <summary>Whether it is healthy and ready, its config, the node.</summary>
    public void AddState(
        DataPlaneCheck check, Readiness readiness, NodeStage node, Func<string> configHash, Func<ServingPlan?> plan)
    {
        Set.Add(
            new MetricFamily(
                "coredns_health_request_duration_seconds", MetricKind.Histogram,
                "Time to the answer of the server's own question."),
            sink => sink.Add(SampleLabels.None, Buckets.Health, Health.Cells, Health.SumMicroseconds));
        Set.Counter("coredns_health_request_failures_total", "Own questions without an answer.", () => Health.Failures);
        Set.Gauge("nodedns_data_plane_up", "What /health says.", () => check.Missing().Count == 0 ? 1L : 0L);
        Set.Gauge("nodedns_ready", "What /ready says.", () => readiness.Missing(continuously: true).Count == 0 ? 1L : 0L);
        Set.Counter("coredns_reload_failed_total", "Configs refused.", () => Reloads.Failed);
        Set.Gauge("nodedns_config_refused", "1 while the newest config is one that was refused.", () => Reloads.LastFailed ? 1L : 0L);
        SampleLabels? version = null;
        string hash = "";
        Set.Add(
            new MetricFamily("coredns_reload_version_info", MetricKind.Gauge, "The hash of the config.", "hash", "value"),
            sink =>
            {
                if (version is null || hash != configHash())
                {
                    hash = configHash();
                    version = new SampleLabels(["hash", "value"], "fnv1a128", hash);
                }

                sink.Add(version, 1L);
            });
        Set.Counter("nodedns_reloads_total", "Configs taken over after the first.", () => Reloads.Succeeded);
        Set.Gauge("nodedns_config_loaded_timestamp_seconds", "When the config was taken over.", () => Reloads.LoadedAt);
        Set.Gauge("nodedns_config_load_duration_seconds", "How long that took.", () => Reloads.LoadSeconds);
        SampleLabels[] errors = [.. SetupCounters.Names.Select(name => new SampleLabels(["errortype"], name))];
        Set.Add(
            new MetricFamily(
                "coredns_nodecache_setup_errors_total", MetricKind.Counter,
                "The number of errors during periodic network setup for node-cache", "errortype"),
            sink =>
            {
                for (int i = 0; i < errors.Length; i++)
                {
                    sink.Add(errors[i], Setup[(SetupError)i]);
                }
            });
        SampleLabels mode = new(["mode"], node.Mode);
        Set.Add(
            new MetricFamily(
                "nodedns_interception_up", MetricKind.Gauge, "1 while queries to the ClusterIP are sent here.", "mode"),
            sink =>
            {
                if (node.IsOnNode)
                {
                    sink.Add(mode, node.IsIntercepting ? 1L : 0L);
                }
            });
        Set.Gauge(
            "coredns_hosts_entries", "Pairs of address and name of all hosts directives.",
            () => HostsOf(plan()).Sum(hosts => (long)hosts.Entries));
        Set.Gauge(
            "coredns_hosts_reload_timestamp_seconds", "When a hosts file was read last.",
            () => HostsOf(plan()).Select(hosts => hosts.ReadAt).DefaultIfEmpty().Max());
        Set.Counter("nodedns_node_repairs_total", "Addresses and rules put right.", () => Setup.Repairs);
    }

    private static IEnumerable<HostsSource> HostsOf(ServingPlan? plan) => plan is null
        ? []
        : plan.Zones.Select(zone => zone.Sources?.Hosts).OfType<HostsSource>().Distinct();

    private static string Version() => Informational().Split('+')[0];

    /// <summary>What the build put behind the version; empty where it knew no commit.</summary>
    private static string Revision() => Informational().Split('+') is [_, var revision, ..] ? revision : "";

    private static string Informational() =>
        typeof(ServerMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private void Plugins(IMetricSink sink)
    {
        foreach (ZoneSeries zone in _counters.Zones)
        {
            foreach (SampleLabels labels in zone.DirectiveLabels)
            {
                sink.Add(labels, 1L);
            }
        }
    }

    private void StaleAges(IMetricSink sink)
    {
        Span<long> cells = stackalloc long[Buckets.StaleAges.Count];
        cells.Clear();
        long sum = 0;
        foreach (WorkerCounters worker in _counters.Workers)
        {
            sum += worker.StaleAgeSeconds;
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] += worker.StaleAges[i];
            }
        }

        sink.Add(SampleLabels.None, Buckets.StaleAges, cells, sum);
    }
}
