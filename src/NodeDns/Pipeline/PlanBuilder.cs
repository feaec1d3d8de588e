using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Dnstap;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Rewriting;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Upstreams.Streams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Compiles what the operator wrote into what the workers serve by.</summary>
/// <param name="expand">What the names and files among a line's upstreams stand for now; null when there are none.</param>
/// <remarks>Control plane. Upstream states and cache spaces are looked up, not made anew, so they survive a reload.</remarks>
internal sealed class PlanBuilder(
    UpstreamRegistry upstreams, CacheSpaces spaces, CacheOccupancy occupancy, Clock clock, LogQueue logs,
    CounterRegistry counters, DnstapOutputs taps,
    Func<ForwardConfig, ImmutableArray<UpstreamAddressConfig>>? expand = null)
{
    /// <summary>The plan of a config; throws InvalidOperationException when a bound of the process is reached.</summary>
    public ServingPlan Build(NodeDnsConfig config)
    {
        Dictionary<IPEndPoint, List<ZonePlan>> tables = [];
        foreach (ServerBlockConfig block in config.Blocks)
        {
            ForwardPlan[] forwards = [.. block.Forwards.Select(forward => ToForward(forward, block.Keys))];
            CachePlan? cache = block.Cache is { } rules ? new CachePlan(rules) : null;
            ZoneSources? sources = ZoneSources.Compile(block, logs.Log, clock.NowMilliseconds);
            ReplyRules reply = ReplyRules.Compile(block, logs.Log, clock.NowMilliseconds);
            ZoneLogs? zoneLogs = ZoneLogs.Compile(block, logs, clock, TapOf(block));
            ZoneRewrites? rewrites = ZoneRewrites.Compile(block);
            ZoneFilters? filters = ZoneFilters.Compile(block);
            foreach (ServerKeyConfig key in block.Keys)
            {
                // One plan for each listen address, since each counts for itself; what is large in it is shared.
                foreach (IPEndPoint endPoint in EndPointsOf(block, key))
                {
                    ZoneSeries series = counters.Zone(ServerText.Of(key.Transport, endPoint), key.Zone);
                    ZonePlan zone = ToZone(
                        config, block, key, forwards, cache, sources, reply, rewrites, zoneLogs, filters, series);
                    if (!tables.TryGetValue(endPoint, out List<ZonePlan>? zones))
                    {
                        tables.Add(endPoint, zones = []);
                    }

                    zones.Add(zone);
                }
            }
        }

        return new ServingPlan(tables.ToDictionary(table => table.Key, table => ToTable(table.Key, table.Value)));
    }

    private ZoneTable ToTable(IPEndPoint endPoint, List<ZonePlan> zones)
    {
        // All zones of an address are of one transport: the reader sees to it.
        string server = zones[0].Series.Server;
        return new ZoneTable(zones) { DroppedSeries = counters.Zone(server, CounterRegistry.DroppedZone).Index };
    }

    private ZonePlan ToZone(
        NodeDnsConfig config, ServerBlockConfig block, ServerKeyConfig key, ForwardPlan[] forwards, CachePlan? cache,
        ZoneSources? sources, ReplyRules reply, ZoneRewrites? rewrites, ZoneLogs? zoneLogs, ZoneFilters? filters,
        ZoneSeries series)
    {
        // Answers made by hosts, templates and the like are cached too: a changed file begins with an empty space.
        bool hasLocalAnswers = block.Hosts is not null || !block.Templates.IsEmpty || !block.Rewrites.IsEmpty
            || !block.Headers.IsEmpty || block.Minimal || block.Dns64 is not null;
        string identity = $"{key.Zone}:{key.Port} {string.Join(' ', block.Bind)} {(hasLocalAnswers ? config.Hash : "")}";
        if (!spaces.TryGet(identity, out ushort space))
        {
            throw new InvalidOperationException(
                $"more than {CacheOccupancy.MaxSpaces} different zones were configured in this process; restart it");
        }

        if (block.Cache is { } rules)
        {
            occupancy.SetCapacity(space, rules.SuccessCapacity, rules.DenialCapacity);
        }

        byte[] name = ToWire(key.Zone);
        return new ZonePlan
        {
            Name = name,
            Text = key.Zone,
            Series = series,
            CacheZones = block.Cache is null ? null : string.Join(',', block.Keys.Select(one => one.Zone)),
            Directives = block.Directives,
            Space = space,
            CacheRules = cache,
            Forwarding = forwards,
            Copying = block.Minimal ? CopyOptions.DropAuthority | CopyOptions.DropAdditional : CopyOptions.None,
            Filters = filters,
            Sources = sources,
            Reply = reply,
            Logs = zoneLogs,
            Loop = block.Loop ? new LoopGuard() : null,
            Rewrites = rewrites,
            Dns64 = block.Dns64 is { } dns64 ? Dns64Synthesis.Compile(dns64) : null,
        };
    }

    private DnstapTap? TapOf(ServerBlockConfig block) => block.Dnstaps.IsEmpty
        ? null
        : new DnstapTap([.. block.Dnstaps.Select(one => new DnstapTap.Line(
            taps.Get(one.Text, one.EndPoint, one.Tls, one.QueueFactor),
            DnstapEncoder.Head(one.Identity ?? Environment.MachineName, one.Version ?? ProgramVersion.Text, one.Extra),
            one.IsFull))]);

    private ForwardPlan ToForward(ForwardConfig config, IEnumerable<ServerKeyConfig> zones)
    {
        (UpstreamState[] states, StreamRules[] streams) = UpstreamCompiler.Compile(
            config, expand?.Invoke(config) ?? config.Upstreams, upstreams);
        return new ForwardPlan(
            config, states, streams, ToHealth(config, zones), ToWire(config.From), [.. config.Except.Select(ToWire)]);
    }

    /// <summary>
    /// A stub zone's servers need not know the root: they are asked for the zone's own SOA, without recursion, which
    /// they answer whatever becomes of their own upstreams.
    /// </summary>
    private static HealthPlan ToHealth(ForwardConfig config, IEnumerable<ServerKeyConfig> zones)
    {
        HealthCheckConfig check = config.HealthCheck;
        string zone = config.From != "." ? config.From : zones.Select(key => key.Zone).FirstOrDefault() ?? ".";
        bool isStub = check.Domain is null && zone != ".";
        return new HealthPlan(
            config.MaxFails, (long)check.Interval.TotalMilliseconds, ToWire(check.Domain ?? zone),
            isStub ? RecordType.SOA : RecordType.NS,
            check.NoRecursion || isStub ? 0 : HeaderFlags.RecursionDesired, config.ForceTcp);
    }

    private static IEnumerable<IPEndPoint> EndPointsOf(ServerBlockConfig block, ServerKeyConfig key)
    {
        if (!block.Bind.IsEmpty)
        {
            return block.Bind.Distinct().Select(address => new IPEndPoint(address, key.Port));
        }

        // Two sockets instead of one dual-stack socket: each family's packet information is its own.
        IPEndPoint v4 = new(IPAddress.Any, key.Port);
        return System.Net.Sockets.Socket.OSSupportsIPv6 ? [v4, new IPEndPoint(IPAddress.IPv6Any, key.Port)] : [v4];
    }

    private static byte[] ToWire(string name)
    {
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        if (!DomainName.TryParse(name, buffer, out int length))
        {
            throw new InvalidOperationException($"{name} is not a domain name");
        }

        byte[] wire = new byte[length];
        DomainName.Fold(buffer[..length], wire);
        return wire;
    }
}
