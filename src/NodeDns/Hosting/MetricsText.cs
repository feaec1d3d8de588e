using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeDns.Cache;
using NodeDns.Listeners;
using NodeDns.Metrics;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>The counters of the core in Prometheus' text format.</summary>
internal static class MetricsText
{
    public static void Write(
        IBufferWriter<byte> body, CounterRegistry counters, AnswerCache cache, InFlightTable inFlight,
        TcpConnectionTable connections, ReloadCounters reloads, LoopCounters loops, SetupCounters setup)
    {
        Counter(body, "nodedns_queries_total", "Queries received.", counters.Sum(one => one.Queries));
        Counter(body, "nodedns_cache_hits_total", "Queries answered from the cache.",
            counters.Sum(one => one.Hits + one.DenialHits + one.FailureHits));
        Counter(body, "nodedns_cache_stale_total", "Queries answered with stale data.", counters.Sum(one => one.StaleHits));
        Counter(body, "nodedns_cache_misses_total", "Queries that needed an upstream.", counters.Sum(one => one.Misses));
        Counter(body, "nodedns_coalesced_total", "Misses that joined a question in flight.", counters.Sum(one => one.Coalesced));
        Counter(body, "nodedns_prefetches_total", "Refreshes before expiry.", counters.Sum(one => one.Prefetches));
        Counter(body, "nodedns_local_answers_total", "Answers made here.", counters.Sum(one => one.LocalAnswers));
        Counter(body, "nodedns_filtered_total", "Queries a filter decided.", counters.Sum(one => one.Filtered));
        Counter(body, "nodedns_ignored_total", "Datagrams that were no query.", counters.Sum(one => one.Ignored));
        Counter(body, "nodedns_in_flight_full_total", "Misses refused for want of room.", counters.Sum(one => one.InFlightFull));
        Counter(body, "nodedns_client_share_full_total", "Misses refused at their client's share of the questions in flight.", counters.Sum(one => one.ClientShareFull));
        Counter(body, "nodedns_question_waiters_full_total", "Misses refused because too many wait for the question.", counters.Sum(one => one.QuestionShareFull));
        Counter(body, "coredns_forward_max_concurrent_rejects_total", "Questions refused at max_concurrent.", inFlight.ConcurrencyRejects);
        Counter(body, "nodedns_replies_dropped_total", "Replies the kernel did not take.", counters.Sum(one => one.RepliesDropped));
        Counter(body, "nodedns_unexpected_errors_total", "Caught where nothing should throw.", counters.Sum(one => one.UnexpectedErrors));
        Counter(body, "nodedns_tcp_refused_total", "TCP clients refused at a bound.", connections.Refused);
        Counter(body, "nodedns_tcp_slow_readers_total", "TCP clients cut off unread.", connections.SlowReaders);
        Counter(body, "nodedns_reloads_total", "Configs taken over.", reloads.Succeeded);
        Counter(body, "coredns_reload_failed_total", "Configs refused.", reloads.Failed);
        Counter(body, "nodedns_loops_detected_total", "Forwarding loops found.", loops.Detected);
        Counter(body, "nodedns_node_repairs_total", "Addresses and rules that others removed and that are back.", setup.Repairs);
        SetupErrors(body, setup);
        Gauge(body, "nodedns_in_flight_questions", "Questions on their way to an upstream.", inFlight.Count);
        Gauge(body, "nodedns_tcp_connections", "TCP clients connected.", connections.Open);
        Gauge(body, "nodedns_cache_budget_bytes", "Byte budget of the cache.", cache.BudgetBytes);
    }

    /// <summary>node-cache's counter, with its help and its label.</summary>
    private static void SetupErrors(IBufferWriter<byte> body, SetupCounters setup)
    {
        const string Name = "coredns_nodecache_setup_errors_total";
        StringBuilder text = new();
        text.Append($"# HELP {Name} The number of errors during periodic network setup for node-cache\n# TYPE {Name} counter\n");
        for (int i = 0; i < SetupCounters.Names.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Name}{{errortype=\"{SetupCounters.Names[i]}\"}} {setup[(SetupError)i]}\n");
        }

        Encoding.UTF8.GetBytes(text.ToString().AsSpan(), body);
    }

    private static void Counter(IBufferWriter<byte> body, string name, string help, long value) =>
        Sample(body, name, help, "counter", value);

    private static void Gauge(IBufferWriter<byte> body, string name, string help, long value) =>
        Sample(body, name, help, "gauge", value);

    private static void Sample(IBufferWriter<byte> body, string name, string help, string type, long value) =>
        Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n").AsSpan(),
            body);
}
