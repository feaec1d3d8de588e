using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NodeDns.Config;
using NodeDns.Metrics;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>What is counted per upstream: CoreDNS's names, those of older versions, and our own.</summary>
internal sealed class UpstreamMetrics(UpstreamRegistry upstreams, CounterRegistry counters, InFlightTable inFlight)
{
    private const string ProxyName = "forward";

    private static readonly (string Name, string Help, Func<UpstreamCounters, long> Value)[] s_counters =
    [
        ("nodedns_upstream_queries_total", "Queries sent.", one => one.Queries),
        ("nodedns_upstream_answers_total", "Well-formed answers.", one => one.Answers),
        ("nodedns_upstream_timeouts_total", "Queries without an answer in time.", one => one.Timeouts),
        ("nodedns_upstream_network_errors_total", "Refused, reset, unreachable.", one => one.NetworkErrors),
        ("nodedns_upstream_truncated_total", "Answers with TC over UDP.", one => one.Truncated),
        ("nodedns_upstream_ignored_total", "Packets that answered nothing asked.", one => one.Ignored),
        ("nodedns_upstream_malformed_total", "Answers that cannot be read.", one => one.Malformed),
        ("nodedns_upstream_near_misses_total", "Queries moved to TCP by an answer with a wrong id, or in other letters.", one => one.NearMisses),
        ("nodedns_upstream_connections_lost_total", "Queries whose connection ended first.", one => one.ConnectionsLost),
        ("nodedns_upstream_hedges_total", "Queries sent because another upstream took long.", one => one.Hedges),
        ("nodedns_upstream_hedge_wins_total", "Hedges that brought the answer.", one => one.HedgeWins),
        ("nodedns_upstream_hedges_denied_total", "Hedges against this upstream beyond the budget.", one => one.HedgesDenied),
        ("nodedns_upstream_probes_total", "Health probes sent.", one => one.Probes),
        ("nodedns_upstream_probe_failures_total", "Health probes without an answer.", one => one.ProbeFailures),
        ("nodedns_upstream_downs_total", "Times it was found to be down.", one => one.Downs),
        ("nodedns_upstream_truncation_storms_total", "Times its UDP was little but TC and TCP was used for a while.", one => one.Storms),
    ];

    /// <summary>Every way in which a query to an upstream can come to nothing, or nearly so.</summary>
    private static readonly (string Cause, Func<UpstreamCounters, long> Value)[] s_causes =
    [
        ("timeout", one => one.Timeouts),
        ("refused", one => one.Refused),
        ("network", one => one.NetworkErrors - one.Refused),
        ("connection_lost", one => one.ConnectionsLost),
        ("malformed", one => one.Malformed),
        ("wrong_id", one => one.WrongIds),
        ("wrong_case", one => one.WrongCases),
        ("wrong_question", one => one.WrongQuestions),
        ("not_a_response", one => one.NotResponses),
        ("truncated", one => one.Truncated),
    ];

    private readonly List<Entry> _entries = [];

    public void Register(MetricSet set)
    {
        set.Prepare(Refresh);
        RegisterProxy(set);
        RegisterForward(set);
        foreach ((string name, string help, Func<UpstreamCounters, long> value) in s_counters)
        {
            Add(set, name, help, ["upstream"], one => one.Upstream, value);
        }

        set.Add(
            new MetricFamily(
                "nodedns_upstream_errors_total", MetricKind.Counter, "What went wrong with queries to it, by cause.", "to", "cause"),
            sink =>
            {
                foreach (Entry one in _entries)
                {
                    for (int i = 0; i < s_causes.Length; i++)
                    {
                        sink.Add(one.Causes[i], s_causes[i].Value(one.State.Counters));
                    }

                    Faults(sink, one);
                }
            });
        set.Add(
            new MetricFamily("nodedns_upstream_up", MetricKind.Gauge, "1 up, 0.5 suspected, 0 down.", "upstream"),
            sink => InUse(one => sink.Add(one.Upstream, one.State.Health.Status switch
            {
                HealthStatus.Up => 1.0,
                HealthStatus.Suspect => 0.5,
                _ => 0.0,
            })));
        set.Add(
            new MetricFamily("nodedns_upstream_rtt_seconds", MetricKind.Gauge, "Smoothed time to its answers.", "upstream"),
            sink => InUse(one => sink.Add(one.Upstream, one.State.Health.SmoothedRtt / 16_000.0)));
    }

    /// <summary>Health is a statement about now: an upstream that was taken out of the config while down alarms nobody.</summary>
    private void InUse(Action<Entry> report) => _entries.FindAll(one => one.State.IsInUse).ForEach(report);

    private void RegisterProxy(MetricSet set)
    {
        set.Add(
            new MetricFamily(
                "coredns_proxy_request_duration_seconds", MetricKind.Histogram, "Time from query to answer of an upstream.",
                "proxy_name", "to", "rcode"),
            sink => Latencies(sink, (one, rcode) => one.Proxied(rcode)));
        Add(
            set, "coredns_proxy_healthcheck_failures_total", "Health probes without an answer.", ["proxy_name", "to"],
            one => one.Proxy, one => one.ProbeFailures);
        AddByProto(
            set, "coredns_proxy_conn_cache_hits_total", "Queries sent on a socket or connection that was open.",
            one => one.SocketsReused, one => one.ConnectionsReused);
        AddByProto(
            set, "coredns_proxy_conn_cache_misses_total", "Sockets and connections opened.",
            one => one.SocketsOpened, one => one.ConnectionsOpened);
    }

    private void RegisterForward(MetricSet set)
    {
        set.Counter(
            "coredns_forward_healthcheck_broken_total", "Questions sent although every upstream was down.",
            () => counters.Sum(one => one.HealthcheckBroken));
        set.Counter(
            "coredns_forward_max_concurrent_rejects_total", "Questions refused at max_concurrent.",
            () => inFlight.ConcurrencyRejects);
        Add(set, "coredns_forward_requests_total", "Queries sent.", ["to"], one => one.To, one => one.Queries);
        set.Add(
            new MetricFamily("coredns_forward_responses_total", MetricKind.Counter, "Answers.", "to", "rcode"),
            Responses);
        set.Add(
            new MetricFamily(
                "coredns_forward_request_duration_seconds", MetricKind.Histogram,
                "Time from query to answer of an upstream.", "to", "rcode"),
            sink => Latencies(sink, (one, rcode) => one.Forwarded(rcode)));
        Add(
            set, "coredns_forward_healthcheck_failures_total", "Health probes without an answer.", ["to"], one => one.To,
            one => one.ProbeFailures);
    }

    private void Refresh()
    {
        // A reload may forget one upstream and bring another: the count alone would not tell.
        IReadOnlyCollection<UpstreamState> all = upstreams.All;
        if (!all.SequenceEqual(_entries.Select(entry => entry.State)))
        {
            _entries.Clear();
            _entries.AddRange(all.Select(state => new Entry(state)));
        }
    }

    private void Add(
        MetricSet set, string name, string help, string[] labels, Func<Entry, SampleLabels> labelsOf,
        Func<UpstreamCounters, long> value) => set.Add(
        new MetricFamily(name, MetricKind.Counter, help, labels),
        sink =>
        {
            foreach (Entry one in _entries)
            {
                sink.Add(labelsOf(one), value(one.State.Counters));
            }
        });

    private void AddByProto(
        MetricSet set, string name, string help, Func<UpstreamCounters, long> udp, Func<UpstreamCounters, long> tcp) =>
        set.Add(
            new MetricFamily(name, MetricKind.Counter, help, "proxy_name", "to", "proto"),
            sink =>
            {
                foreach (Entry one in _entries)
                {
                    sink.Add(one.Udp, udp(one.State.Counters));
                    sink.Add(one.Tcp, tcp(one.State.Counters));
                }
            });

    private void Latencies(IMetricSink sink, Func<Entry, int, SampleLabels> labelsOf)
    {
        foreach (Entry one in _entries)
        {
            for (int rcode = 0; rcode < LabelValues.Rcodes.Length; rcode++)
            {
                ReadOnlySpan<long> cells = one.State.Counters.Latency.Of(rcode);
                if (!cells.IsEmpty)
                {
                    sink.Add(labelsOf(one, rcode), Buckets.Durations, cells[..^1], cells[^1]);
                }
            }
        }
    }

    /// <summary>Causes that did not occur are left out: a plain upstream knows most of them never.</summary>
    private static void Faults(IMetricSink sink, Entry one)
    {
        foreach (UpstreamFault fault in UpstreamFaultText.All)
        {
            if (Volatile.Read(ref one.State.Counters.Faults[(int)fault]) is > 0 and long count)
            {
                sink.Add(one.Fault(fault), count);
            }
        }
    }

    private void Responses(IMetricSink sink)
    {
        foreach (Entry one in _entries)
        {
            for (int rcode = 0; rcode < LabelValues.Rcodes.Length; rcode++)
            {
                ReadOnlySpan<long> cells = one.State.Counters.Latency.Of(rcode);
                long count = 0;
                for (int i = 0; i < cells.Length - 1; i++)
                {
                    count += cells[i];
                }

                if (count > 0)
                {
                    sink.Add(one.Forwarded(rcode), count);
                }
            }
        }
    }

    /// <summary>One upstream with its rendered labels.</summary>
    private sealed class Entry(UpstreamState state)
    {
        private readonly SampleLabels?[] _proxied = new SampleLabels?[LabelValues.Rcodes.Length];
        private readonly SampleLabels?[] _faults = new SampleLabels?[UpstreamFaultText.All.Length + 1];
        private readonly SampleLabels?[] _forwarded = new SampleLabels?[LabelValues.Rcodes.Length];

        public UpstreamState State { get; } = state;

        public SampleLabels Upstream { get; } = new(["upstream"], state.Text);

        public SampleLabels To { get; } = new(["to"], state.Text);

        public SampleLabels[] Causes { get; } =
            [.. s_causes.Select(one => new SampleLabels(["to", "cause"], state.Text, one.Cause))];

        public SampleLabels Proxy { get; } = new(["proxy_name", "to"], ProxyName, state.Text);

        public SampleLabels Udp { get; } = new(["proxy_name", "to", "proto"], ProxyName, state.Text, "udp");

        public SampleLabels Tcp { get; } = new(
            ["proxy_name", "to", "proto"], ProxyName, state.Text, state.Transport == Transport.Dns ? "tcp" : "tcp-tls");

        public SampleLabels Fault(UpstreamFault fault) => _faults[(int)fault] ??= new SampleLabels(
            ["to", "cause"], State.Text, UpstreamFaultText.Label(fault));

        public SampleLabels Proxied(int rcode) => _proxied[rcode] ??= new SampleLabels(
            ["proxy_name", "to", "rcode"], ProxyName, State.Text, LabelValues.Rcodes[rcode]);

        public SampleLabels Forwarded(int rcode) =>
            _forwarded[rcode] ??= new SampleLabels(["to", "rcode"], State.Text, LabelValues.Rcodes[rcode]);
    }
}
