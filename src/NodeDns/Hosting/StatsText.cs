using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NodeDns.Cache;
using NodeDns.Listeners;
using NodeDns.Metrics;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>What <c>nodedns stats</c> prints: the totals since the start, with the shares an operator asks for first.</summary>
internal static class StatsText
{
    private static readonly (string Name, ResponseCode Rcode)[] s_rcodes =
    [
        ("NOERROR", ResponseCode.NoError), ("NXDOMAIN", ResponseCode.NameError), ("SERVFAIL", ResponseCode.ServerFailure),
        ("REFUSED", ResponseCode.Refused), ("FORMERR", ResponseCode.FormatError),
    ];

    public static IEnumerable<string> Lines(
        CounterRegistry counters, AnswerCache cache, InFlightTable inFlight, TcpConnectionTable connections, ReloadCounters reloads,
        long logDropped, (long Sent, long Dropped) taps, long upMilliseconds)
    {
        TrafficTotals traffic = TrafficTotals.Of(counters);
        long queries = traffic.Queries;
        List<(string Name, string Value)> lines =
        [
            ("up", UpstreamsText.Span(upMilliseconds)),
            ("queries", Number(queries)),
            ("answered from the cache", Share(traffic.Answered(Answerer.Cache), queries)),
            ("  with stale data", Share(traffic.Stale, queries)),
            ("answered by an upstream", Share(traffic.Forwarded, queries)),
            ("  joined to one on its way", Share(counters.Sum(one => one.Coalesced), queries)),
            ("decided by a filter", Share(traffic.Filtered, queries)),
            ("  acl", Share(traffic.ByAcl, queries)),
            ("  any", Share(traffic.ByAny, queries)),
            ("  deny", Share(traffic.ByDeny, queries)),
            ("  ndots_filter", Share(traffic.ByNdots, queries)),
            ("made here", Share(MadeHere(traffic), queries)),
            ("no query at all", Number(counters.Sum(one => one.Ignored))),
            ("refreshed before expiry", Number(traffic.Sum(ZoneCell.Prefetches))),
            .. s_rcodes.Select(code => (code.Name, Share(traffic.Replies(code.Rcode), queries))),
            ("waiting for upstreams now", $"{inFlight.Count} questions, {inFlight.Waiting} clients"),
            ("tcp clients now", $"{connections.Open}, refused {connections.Refused}, cut off unread {connections.SlowReaders}"),
            ("replies dropped by the kernel", Number(counters.Sum(one => one.RepliesDropped))),
            ("no room in flight", Number(counters.Sum(one => one.InFlightFull))),
            ("unexpected errors", Number(counters.Sum(one => one.UnexpectedErrors))),
            ("log lines dropped", Number(logDropped)),
            ("dnstap", $"{taps.Sent} sent, {taps.Dropped} dropped"),
            ("cache budget", $"{cache.BudgetBytes >> 20} MiB"),
            ("reloads", $"{reloads.Succeeded} taken over, {reloads.Failed} refused"),
        ];
        return lines.Select(line => $"{line.Name,-30}{line.Value}");
    }

    public static long MadeHere(TrafficTotals traffic) => traffic.Answered(
        Answerer.Hosts, Answerer.Template, Answerer.Whoami, Answerer.Dns64, Answerer.Local);

    private static string Share(long part, long whole) => whole == 0
        ? Number(part)
        : string.Create(CultureInfo.InvariantCulture, $"{part} ({100.0 * part / whole:0.0} %)");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
