using System;
using System.Collections.Generic;
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
    private sealed record Served(ServingPlan Plan, string Hash, long Since);

    private readonly string _node = Environment.GetEnvironmentVariable("NODE_NAME") ?? Environment.MachineName;
    private readonly long _started = clock.NowMilliseconds;
    private Served? _served;

    /// <summary>A config was taken over.</summary>
    public void OnServed(ServingPlan plan, NodeDnsConfig config) =>
        Volatile.Write(ref _served, new Served(plan, config.Hash[..12], clock.NowMilliseconds));

    public StatusTotals Totals()
    {
        TrafficTotals traffic = TrafficTotals.Of(counters);
        long ignored = counters.Sum(one => one.Ignored);
        long stale = traffic.Sum(ZoneCell.ServedStale);
        long filtered = traffic.Answered(Answerer.Acl, Answerer.Any, Answerer.Deny, Answerer.NdotsFilter)
            + traffic.Sum(ZoneCell.AclDropped);
        return new StatusTotals
        {
            Queries = traffic.Queries + ignored,
            Cached = traffic.Answered(Answerer.Cache) - stale,
            Stale = stale,
            Local = filtered + traffic.Answered(
                Answerer.Hosts, Answerer.Template, Answerer.Whoami, Answerer.Dns64, Answerer.Local),
            Forwarded = traffic.Answered(Answerer.Forward),
            Failed = traffic.Replies(ResponseCode.ServerFailure),
            NoError = traffic.Replies(ResponseCode.NoError),
            NxDomain = traffic.Replies(ResponseCode.NameError),
            Refused = traffic.Replies(ResponseCode.Refused),
            Blocked = filtered,
            Dropped = ignored,
        };
    }

    public StatusSnapshot Snapshot()
    {
        Served? served = Volatile.Read(ref _served);
        long now = clock.NowMilliseconds;
        ZonePlan[] zones = [.. served?.Plan.Zones.DistinctBy(zone => zone.Space) ?? []];
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

    private static StatusZone ToStatus(ZonePlan zone) => new()
    {
        Zone = zone.Text,
        Forwards = [.. zone.Forwarding.SelectMany(forward => forward.Upstreams).Select(upstream => upstream.Text).Distinct()],
    };

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
