using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using NodeDns.Admin;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Listeners;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Status;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>Puts the figures of the running server together for the status page.</summary>
internal sealed class StatusReader(
    string configSource, Clock clock, LogQueue logs, CounterRegistry counters, AnswerCache cache,
    InFlightTable inFlight, TcpConnectionTable connections, Readiness readiness, ReloadCounters reloads, NodeStage node)
{
    private static readonly double[] s_latencyBounds =
        [.. Buckets.Durations.Texts[..^1].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    private sealed record Served(ServingPlan Plan, string Hash, long Since);

    private readonly string _node = Environment.GetEnvironmentVariable("NODE_NAME") ?? Environment.MachineName;
    private readonly long _started = clock.NowMilliseconds;
    private Served? _served;

    /// <summary>A config was taken over.</summary>
    public void OnServed(ServingPlan plan, NodeDnsConfig config) =>
        Volatile.Write(ref _served, new Served(plan, config.Hash[..12], clock.NowMilliseconds));

    public StatusTotals Totals()
    {
        TrafficTotals all = TrafficTotals.Of(counters);
        long noError = all.Replies(ResponseCode.NoError);
        long nxDomain = all.Replies(ResponseCode.NameError);
        long refused = all.Replies(ResponseCode.Refused);
        return new StatusTotals
        {
            Queries = counters.Sum(one => one.Queries),
            Cached = all.Cached,
            Stale = all.Stale,
            Local = Math.Max(0, all.Answers - all.Failed - all.Stale - all.Cached - all.Forwarded),
            Forwarded = all.Forwarded,
            Failed = all.Failed,
            NoError = noError,
            NxDomain = nxDomain,
            Refused = refused,
            OtherAnswers = all.Answers - noError - nxDomain - all.Failed - refused,
            Blocked = all.Filtered,
            Dropped = counters.Sum(one => one.Ignored) + all.Sum(ZoneCell.AclDropped),
            LatencyBounds = s_latencyBounds,
            LatencyCounts = all.Durations.ToArray(),
        };
    }

    public StatusSnapshot Snapshot()
    {
        Served? served = Volatile.Read(ref _served);
        long now = clock.NowMilliseconds;
        ZonePlan[] zones = [.. served?.Plan.Zones.DistinctBy(zone => zone.Text) ?? []];
        string? interception = node.InterceptionText;
        return new StatusSnapshot
        {
            Version = typeof(StatusReader).Assembly.GetName().Version!.ToString(fieldCount: 3),
            Node = _node,
            UptimeSeconds = (now - _started) / 1000.0,
            Totals = Totals(),
            Missing = readiness.Missing(continuously: true),
            ConfigSource = configSource,
            ConfigHash = served?.Hash ?? "",
            ConfigAgeSeconds = (now - (served?.Since ?? now)) / 1000.0,
            Reloads = reloads.Succeeded,
            ReloadsFailed = reloads.Failed,
            LastReloadFailed = reloads.LastFailed,
            CacheEntries = zones.Sum(EntriesOf),
            CacheBudgetBytes = cache.BudgetBytes,
            InFlight = inFlight.Count,
            TcpConnections = connections.Open,
            InterceptionIsWanted = node.WantsInterception,
            InterceptionIsInPlace = interception is not null,
            InterceptionText = interception ?? "",
            Upstreams = UpstreamsOf(zones, now),
            Zones = [.. zones.Select(ToStatus)],
            RecentErrors = logs.Recent.Read(),
        };
    }

    private long EntriesOf(ZonePlan zone) =>
        cache.Occupancy.Entries(zone.Space, AnswerKind.Success) + cache.Occupancy.Entries(zone.Space, AnswerKind.Denial)
        + cache.Occupancy.Entries(zone.Space, AnswerKind.Failure);

    /// <summary>A zone's counts over all its listen addresses.</summary>
    private StatusZone ToStatus(ZonePlan zone)
    {
        TrafficTotals figures = TrafficTotals.Of(counters, zone.Text);
        return new StatusZone
        {
            Zone = zone.Text,
            Forwards = [.. zone.Forwarding.SelectMany(forward => forward.Upstreams).Select(upstream => upstream.Text).Distinct()],
            Queries = figures.Answers,
            Cached = figures.Cached + figures.Stale,
            Failed = figures.Failed,
        };
    }

    /// <summary>In the order of the Corefile; each once, with the zones that ask it.</summary>
    private static List<StatusUpstream> UpstreamsOf(ZonePlan[] zones, long now)
    {
        var askers =
            from zone in zones
            from forward in zone.Forwarding
            from upstream in forward.Upstreams
            select (upstream, zone.Text);
        return
        [
            .. from asker in askers
               group asker.Text by asker.upstream into same
               select ToStatus(same.Key, [.. same.Distinct()], now),
        ];
    }

    private static StatusUpstream ToStatus(UpstreamState upstream, string[] zones, long now) => new()
    {
        Address = upstream.Text,
        Transport = upstream.Transport switch
        {
            Transport.Tls => "tls",
            Transport.Https => "https",
            _ => "dns",
        },
        Zones = zones,
        State = upstream.Health.Status switch
        {
            HealthStatus.Up => "up",
            HealthStatus.Suspect => "suspect",
            _ => "down",
        },
        StateSeconds = upstream.Health.IsDown ? (now - upstream.Health.DownSince) / 1000.0 : null,
        RttSeconds = upstream.Health.SmoothedRtt == 0 ? null : upstream.Health.SmoothedRtt / 16_000.0,
        Queries = upstream.Counters.Queries,
        Answers = upstream.Counters.Answers,
        Timeouts = upstream.Counters.Timeouts,
        NetworkErrors = upstream.Counters.NetworkErrors,
        Malformed = upstream.Counters.Malformed,
        ConnectionsLost = upstream.Counters.ConnectionsLost,
    };
}
