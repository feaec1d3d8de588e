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
        long failed = counters.Sum(one => one.Rcode(ResponseCode.ServerFailure));
        long failedHere = counters.Sum(one => one.FailureHits + one.InFlightFull);
        long stale = counters.Sum(one => one.StaleHits);
        long noError = counters.Sum(one => one.Rcode(ResponseCode.NoError));
        long nxDomain = counters.Sum(one => one.Rcode(ResponseCode.NameError));
        long refused = counters.Sum(one => one.Rcode(ResponseCode.Refused));
        long filtered = counters.Sum(one => one.Filtered);
        return new StatusTotals
        {
            Queries = counters.Sum(one => one.Queries),
            Cached = counters.Sum(one => one.Hits + one.DenialHits) - stale,
            Stale = stale,
            Local = counters.Sum(one => one.LocalAnswers) + filtered,
            Forwarded = Math.Max(0, counters.Sum(one => one.Misses) - Math.Max(0, failed - failedHere)),
            Failed = failed,
            NoError = noError,
            NxDomain = nxDomain,
            Refused = refused,
            Blocked = filtered,
            Dropped = counters.Sum(one => one.Ignored),
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
