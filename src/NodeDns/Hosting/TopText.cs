using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NodeDns.Listeners;
using NodeDns.Metrics;
using NodeDns.Top;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>What <c>nodedns top</c> reads: one figure for each line, a word and its values.</summary>
internal static class TopText
{
    private const double SixteenthsPerMillisecond = 16;

    public static IEnumerable<string> Lines(
        CounterRegistry counters, InFlightTable inFlight, TcpConnectionTable connections, IEnumerable<UpstreamState> upstreams,
        TopReport report, string interception, long upMilliseconds)
    {
        TrafficTotals traffic = TrafficTotals.Of(counters);
        yield return Line("up", upMilliseconds);
        yield return Line("queries", traffic.Queries);
        yield return Line("hits", traffic.Answered(Answerer.Cache));
        yield return Line("stale", traffic.Stale);
        yield return Line("misses", traffic.Forwarded);
        yield return Line("coalesced", counters.Sum(one => one.Coalesced));
        yield return Line("acl", traffic.ByAcl);
        yield return Line("any", traffic.ByAny);
        yield return Line("deny", traffic.ByDeny);
        yield return Line("ndots", traffic.ByNdots);
        yield return Line("local", StatsText.MadeHere(traffic));
        yield return Line("servfail", traffic.Failed);
        yield return Line("nxdomain", traffic.Replies(ResponseCode.NameError));
        yield return Line("refused", traffic.Replies(ResponseCode.Refused));
        yield return Line("inflight", inFlight.Count);
        yield return Line("tcp", connections.Open);
        yield return Line("counted", report.Total);
        yield return Latency("here", report.Here);
        yield return Latency("waited", report.Waited);
        yield return $"interception {interception}";
        foreach (UpstreamState upstream in upstreams.OrderBy(one => one.Index))
        {
            UpstreamCounters one = upstream.Counters;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"upstream {UpstreamsText.StatusOf(upstream)} {upstream.Health.SmoothedRtt / SixteenthsPerMillisecond:0.0} {one.Queries} {one.Answers} {one.Timeouts + one.NetworkErrors} {upstream.Text}");
        }

        foreach ((string text, long count, long error) in report.Names)
        {
            yield return $"name {count} {error} {text}";
        }

        foreach ((string text, long count, long error) in report.Clients)
        {
            yield return $"client {count} {error} {text}";
        }
    }

    private static string Line(string word, long value) => string.Create(CultureInfo.InvariantCulture, $"{word} {value}");

    /// <summary>Median and the time below which 99 of 100 are, in microseconds.</summary>
    private static string Latency(string word, long[] buckets) => string.Create(
        CultureInfo.InvariantCulture,
        $"{word} {TopReport.Quantile(buckets, 0.5).TotalMicroseconds:0.0} {TopReport.Quantile(buckets, 0.99).TotalMicroseconds:0.0}");
}
