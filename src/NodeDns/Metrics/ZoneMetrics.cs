using System;

namespace NodeDns.Metrics;

/// <summary>CoreDNS's metrics of queries and answers, with a few of our own, from the counters of zones.</summary>
internal sealed class ZoneMetrics(ZoneTotals totals)
{
    private static readonly string[] s_zone = ["server", "zone", "view"];

    private static readonly (Answerer Filter, ZoneCell[] Cells)[] s_filters =
    [
        (Answerer.Acl, [ZoneCell.AclBlocked, ZoneCell.AclFiltered, ZoneCell.AclDropped]),
        (Answerer.Any, [ZoneCell.FilteredAny]),
        (Answerer.Deny, [ZoneCell.FilteredDeny]),
        (Answerer.NdotsFilter, [ZoneCell.FilteredNdots]),
    ];

    public void Register(MetricSet set)
    {
        set.Add(
            Counter("coredns_dns_requests_total", "Queries by zone, protocol, family and type.", "server", "zone", "view", "proto", "family", "type"),
            Requests);
        set.Add(
            new MetricFamily("coredns_dns_request_duration_seconds", MetricKind.Histogram, "Time from receipt of a query to its reply.", s_zone),
            Durations);
        set.Add(
            new MetricFamily("coredns_dns_request_size_bytes", MetricKind.Histogram, "Size of queries.", "server", "zone", "view", "proto"),
            sink => Sizes(sink, ZoneCounters.RequestSizes));
        set.Add(
            new MetricFamily("coredns_dns_response_size_bytes", MetricKind.Histogram, "Size of replies.", "server", "zone", "view", "proto"),
            sink => Sizes(sink, ZoneCounters.ReplySizes));
        AddSingle(set, "coredns_dns_do_requests_total", "Queries with the DO bit.", ZoneCell.DnssecOk);
        set.Add(
            Counter("coredns_dns_responses_total", "Replies by response code and who made them.", "server", "zone", "view", "rcode", "plugin"),
            Responses);
        AddSingle(set, "nodedns_truncated_replies_total", "Replies with the TC bit.", ZoneCell.Truncated);
        set.Add(
            Counter("nodedns_filtered_total", "Queries a filter decided.", "server", "zone", "view", "filter"), Filters);
        AddSingle(set, "coredns_acl_blocked_requests_total", "Queries refused by acl.", ZoneCell.AclBlocked);
        AddSingle(set, "coredns_acl_filtered_requests_total", "Queries given an empty answer by acl.", ZoneCell.AclFiltered);
        AddSingle(set, "coredns_acl_dropped_requests_total", "Queries given no answer by acl.", ZoneCell.AclDropped);
        set.Add(
            Counter("coredns_acl_allowed_requests_total", "Queries let through by acl.", "server", "view"),
            sink =>
            {
                foreach (ZoneGroup server in totals.Servers)
                {
                    sink.Add(server.Labels, totals.Sum(server, ZoneCell.AclAllowed));
                }
            });
        set.Add(
            Counter("coredns_dns64_requests_translated_total", "Answers made by dns64.", "server"),
            sink =>
            {
                foreach (ZoneGroup server in totals.Servers)
                {
                    long sum = 0;
                    server.Members.ForEach(zone => sum += totals.Zones[zone].Series.Translations);
                    sink.Add(server.Alone, sum);
                }
            });
        set.Add(
            Counter("coredns_template_matches_total", "Questions a template answered.", "server", "zone", "view", "class", "type"),
            Templates);
    }

    private static MetricFamily Counter(string name, string help, params string[] labels) =>
        new(name, MetricKind.Counter, help, labels);

    private void AddSingle(MetricSet set, string name, string help, ZoneCell cell) => set.Add(
        Counter(name, help, s_zone),
        sink =>
        {
            for (int i = 0; i < totals.Zones.Count; i++)
            {
                sink.Add(totals.Zones[i].Zone, totals.Of(i, cell));
            }
        });

    private void Requests(IMetricSink sink)
    {
        for (int i = 0; i < totals.Zones.Count; i++)
        {
            ReadOnlySpan<long> cells = totals.Of(i);
            for (int proto = 0; proto < 2; proto++)
            {
                for (int family = 0; family < 2; family++)
                {
                    for (int type = 0; type < LabelValues.Types.Length; type++)
                    {
                        if (cells[ZoneCounters.RequestCell(proto, family, type)] is > 0 and long count)
                        {
                            sink.Add(totals.Zones[i].Request(proto, family, type), count);
                        }
                    }
                }
            }
        }
    }

    private void Responses(IMetricSink sink)
    {
        for (int i = 0; i < totals.Zones.Count; i++)
        {
            ReadOnlySpan<long> cells = totals.Of(i);
            for (int rcode = 0; rcode < LabelValues.Rcodes.Length; rcode++)
            {
                for (int by = 0; by < LabelValues.Answerers.Length; by++)
                {
                    if (cells[ZoneCounters.ResponseCell(rcode, by)] is > 0 and long count)
                    {
                        sink.Add(totals.Zones[i].Response(rcode, by), count);
                    }
                }
            }
        }
    }

    private void Durations(IMetricSink sink)
    {
        for (int i = 0; i < totals.Zones.Count; i++)
        {
            ReadOnlySpan<long> cells = totals.Of(i);
            sink.Add(
                totals.Zones[i].Zone, Buckets.Durations, cells[ZoneCounters.Durations..ZoneCounters.DurationSum],
                cells[ZoneCounters.DurationSum]);
        }
    }

    private void Sizes(IMetricSink sink, int sizes)
    {
        for (int i = 0; i < totals.Zones.Count; i++)
        {
            for (int proto = 0; proto < 2; proto++)
            {
                ReadOnlySpan<long> cells = totals.Of(i).Slice(ZoneCounters.SizeCell(sizes, proto), Buckets.Sizes.Count + 1);
                if (cells.ContainsAnyExcept(0))
                {
                    sink.Add(totals.Zones[i].Size(proto), Buckets.Sizes, cells[..^1], cells[^1]);
                }
            }
        }
    }

    private void Filters(IMetricSink sink)
    {
        for (int i = 0; i < totals.Zones.Count; i++)
        {
            foreach ((Answerer filter, ZoneCell[] cells) in s_filters)
            {
                long sum = 0;
                foreach (ZoneCell cell in cells)
                {
                    sum += totals.Of(i, cell);
                }

                sink.Add(totals.Zones[i].Filter(filter), sum);
            }
        }
    }

    private void Templates(IMetricSink sink)
    {
        foreach (ZoneLabels zone in totals.Zones)
        {
            for (int cell = 0; cell < 2 * LabelValues.Types.Length; cell++)
            {
                if (zone.Series.TemplateMatches(cell) is > 0 and long matches)
                {
                    sink.Add(zone.Template(cell), matches);
                }
            }
        }
    }
}
