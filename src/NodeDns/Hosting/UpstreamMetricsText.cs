using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>What is counted per upstream, in Prometheus' text format with the label <c>upstream</c>.</summary>
internal static class UpstreamMetricsText
{
    private static readonly (string Name, string Help, Func<UpstreamCounters, long> Value)[] s_counters =
    [
        ("nodedns_upstream_queries_total", "Queries sent.", one => one.Queries),
        ("nodedns_upstream_answers_total", "Well-formed answers.", one => one.Answers),
        ("nodedns_upstream_timeouts_total", "Queries without an answer in time.", one => one.Timeouts),
        ("nodedns_upstream_network_errors_total", "Refused, reset, unreachable.", one => one.NetworkErrors),
        ("nodedns_upstream_truncated_total", "Answers with TC over UDP.", one => one.Truncated),
        ("nodedns_upstream_ignored_total", "Packets that answered nothing asked.", one => one.Ignored),
        ("nodedns_upstream_malformed_total", "Answers that cannot be read.", one => one.Malformed),
        ("nodedns_upstream_near_misses_total", "Queries moved to TCP by an answer with a wrong id.", one => one.NearMisses),
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
        ("wrong_question", one => one.WrongQuestions),
        ("not_a_response", one => one.NotResponses),
        ("truncated", one => one.Truncated),
    ];

    public static void Write(IBufferWriter<byte> body, ICollection<UpstreamState> upstreams)
    {
        foreach ((string name, string help, Func<UpstreamCounters, long> value) in s_counters)
        {
            Head(body, name, help, "counter");
            foreach (UpstreamState upstream in upstreams)
            {
                Sample(body, name, upstream, value(upstream.Counters).ToString(CultureInfo.InvariantCulture));
            }
        }

        Head(body, "nodedns_upstream_errors_total", "What went wrong with queries to it, by cause.", "counter");
        foreach (UpstreamState upstream in upstreams)
        {
            foreach ((string cause, Func<UpstreamCounters, long> value) in s_causes)
            {
                Append(body, string.Create(
                    CultureInfo.InvariantCulture,
                    $"nodedns_upstream_errors_total{{to=\"{upstream.Text}\",cause=\"{cause}\"}} {value(upstream.Counters)}\n"));
            }
        }

        Head(body, "nodedns_upstream_up", "1 up, 0.5 suspected, 0 down.", "gauge");
        foreach (UpstreamState upstream in upstreams)
        {
            Sample(body, "nodedns_upstream_up", upstream, upstream.Health.Status switch
            {
                HealthStatus.Up => "1",
                HealthStatus.Suspect => "0.5",
                _ => "0",
            });
        }

        Head(body, "nodedns_upstream_rtt_seconds", "Smoothed time to its answers.", "gauge");
        foreach (UpstreamState upstream in upstreams)
        {
            double seconds = upstream.Health.SmoothedRtt / 16_000.0;
            Sample(body, "nodedns_upstream_rtt_seconds", upstream, seconds.ToString("0.######", CultureInfo.InvariantCulture));
        }
    }

    private static void Head(IBufferWriter<byte> body, string name, string help, string type) =>
        Append(body, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>An upstream's text is an address and a name of the Corefile: nothing in it needs escaping.</summary>
    private static void Sample(IBufferWriter<byte> body, string name, UpstreamState upstream, string value) =>
        Append(body, $"{name}{{upstream=\"{upstream.Text}\"}} {value}\n");

    private static void Append(IBufferWriter<byte> body, string text) => Encoding.UTF8.GetBytes(text.AsSpan(), body);
}
