using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>What <c>nodedns upstreams</c> prints.</summary>
internal static class UpstreamsText
{
    public static IEnumerable<string> Lines(IEnumerable<UpstreamState> upstreams, long now)
    {
        TextTable table = new(
            "UPSTREAM", "STATE", "RTT", "QUERIES", "ANSWERS", "TIMEOUTS", "ERRORS", "TO TCP", "HEDGES", "PROBES", "DOWN");
        foreach (UpstreamState upstream in upstreams.OrderBy(one => one.Index))
        {
            UpstreamCounters counters = upstream.Counters;
            table.Add(
                upstream.Text, StatusOf(upstream, now), RttOf(upstream), Number(counters.Queries), Number(counters.Answers),
                Number(counters.Timeouts), Number(counters.NetworkErrors), Number(counters.Truncated),
                $"{Number(counters.HedgeWins)}/{Number(counters.Hedges)}",
                $"{Number(counters.Probes - counters.ProbeFailures)}/{Number(counters.Probes)}", Number(counters.Downs));
        }

        return table.Count == 0
            ? ["this server forwards to nobody"]
            : [.. table.Lines(), "RTT is smoothed; TO TCP are truncated answers; HEDGES won/sent; PROBES answered/sent; DOWN is how often"];
    }

    public static string StatusOf(UpstreamState upstream) => upstream.Health.Status switch
    {
        HealthStatus.Up => "up",
        HealthStatus.Suspect => "suspected",
        _ => "DOWN",
    };

    public static string RttOf(UpstreamState upstream) => upstream.Health.SmoothedRtt == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{upstream.Health.SmoothedRtt / 16.0:0.0} ms");

    private static string StatusOf(UpstreamState upstream, long now) => upstream.Health.IsDown
        ? $"DOWN {Span(now - upstream.Health.DownSince)}"
        : StatusOf(upstream);

    /// <summary>A stretch of time in its two largest units.</summary>
    public static string Span(long milliseconds)
    {
        TimeSpan span = TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
        return span.TotalMinutes < 1 ? $"{span.Seconds}s"
            : span.TotalHours < 1 ? $"{span.Minutes}m{span.Seconds:00}s"
            : span.TotalDays < 1 ? $"{span.Hours}h{span.Minutes:00}m"
            : $"{(int)span.TotalDays}d{span.Hours:00}h";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
