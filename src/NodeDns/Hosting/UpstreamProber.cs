using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Config;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>The <c>probe</c> directives: asks upstreams their questions again and again, whoever else asks them.</summary>
/// <remarks>Control plane, one loop per target, sockets of its own: a probe says nothing about health to the forwarder.</remarks>
/// <param name="expand">The upstreams of a <c>forward</c> line as they are now: names and files resolved.</param>
internal sealed class UpstreamProber(
    Clock clock, Log log, Func<ForwardConfig, ImmutableArray<UpstreamAddressConfig>> expand) : IDisposable
{
    /// <summary>Questions times upstreams, of all blocks.</summary>
    public const int MaxTargets = 256;

    /// <summary>Targets begin one after the other, not all at once.</summary>
    private static readonly TimeSpan s_stagger = TimeSpan.FromMilliseconds(20);

    private Dictionary<(string Name, ushort Type, IPEndPoint To), ProbeTarget> _targets = [];
    private CancellationTokenSource _current = new();

    /// <summary>Follows the config in force; targets it keeps keep their numbers.</summary>
    public void Watch(NodeDnsConfig config)
    {
        _current.Cancel();
        _current.Dispose();
        _current = new CancellationTokenSource();
        Dictionary<(string Name, ushort Type, IPEndPoint To), ProbeTarget> next = [];
        List<(ProbeTarget Target, TimeSpan Every)> loops = [];
        foreach ((ProbeConfig probe, ProbeTypeConfig type, IPEndPoint to) in TargetsOf(config))
        {
            if (next.Count == MaxTargets)
            {
                log.Warning($"probe: more than {MaxTargets} questions to upstreams; the others are not asked");
                break;
            }

            if (!next.ContainsKey((probe.Name, type.Number, to)))
            {
                ProbeTarget target = _targets.GetValueOrDefault((probe.Name, type.Number, to))
                    ?? new ProbeTarget(probe.Name, type.Text, ToWire(probe.Name), (RecordType)type.Number, to);
                next.Add((probe.Name, type.Number, to), target);
                loops.Add((target, probe.Every));
            }
        }

        Volatile.Write(ref _targets, next);
        for (int i = 0; i < loops.Count; i++)
        {
            _ = ProbeLoop(loops[i].Target, loops[i].Every, s_stagger * i, _current.Token);
        }
    }

    public void Register(MetricSet set)
    {
        Add(set, "nodedns_probe_success", MetricKind.Gauge, "1 when the last probe succeeded.", one => one.Last.IsSuccess ? 1 : 0);
        Add(set, "nodedns_probe_duration_seconds", MetricKind.Gauge, "How long the last probe took.", one => one.Last.Seconds);
        Add(set, "nodedns_probe_timestamp_seconds", MetricKind.Gauge, "When the last probe ended.", one => one.Last.At);
        Add(set, "nodedns_probes_total", MetricKind.Counter, "Probes sent.", one => one.Probes);
        Add(set, "nodedns_probe_failures_total", MetricKind.Counter, "Probes without success.", one => one.Failures);
        set.Add(
            new MetricFamily("nodedns_probe_soa_serial", MetricKind.Gauge, "Serial of the zone at the upstream.", "name", "to"),
            sink =>
            {
                foreach (ProbeTarget target in Volatile.Read(ref _targets).Values)
                {
                    if (target.Last.Serial is { } serial)
                    {
                        sink.Add(target.SerialLabels, (long)serial);
                    }
                }
            });
    }

    public void Dispose()
    {
        _current.Cancel();
        _current.Dispose();
    }

    private IEnumerable<(ProbeConfig, ProbeTypeConfig, IPEndPoint)> TargetsOf(NodeDnsConfig config) =>
        from block in config.Blocks
        from probe in block.Probes
        let upstreams = probe.Upstreams.IsEmpty ? block.Forwards.SelectMany(forward => expand(forward)) : probe.Upstreams
        from upstream in upstreams
        where upstream.Transport == Transport.Dns && upstream.EndPoint is not null
        from type in probe.Types
        select (probe, type, upstream.EndPoint);

    private static byte[] ToWire(string name)
    {
        byte[] wire = new byte[WireLimits.MaxNameLength];
        DomainName.TryParse(name, wire, out int length);
        return wire[..length];
    }

    private void Add(MetricSet set, string name, MetricKind kind, string help, Func<ProbeTarget, double> value) => set.Add(
        new MetricFamily(name, kind, help, "name", "type", "to"),
        sink =>
        {
            foreach (ProbeTarget target in Volatile.Read(ref _targets).Values)
            {
                sink.Add(target.Labels, value(target));
            }
        });

    private async Task ProbeLoop(ProbeTarget target, TimeSpan every, TimeSpan after, CancellationToken stop)
    {
        try
        {
            await Task.Delay(after, stop).ConfigureAwait(false);
            while (!stop.IsCancellationRequested)
            {
                long next = clock.NowMilliseconds + (long)every.TotalMilliseconds;
                await ProbeExchange.Run(target, stop).ConfigureAwait(false);
                await ClockDelay.Until(clock, next).WaitAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // A reload brought other probes, or the server stops.
        }
    }
}
