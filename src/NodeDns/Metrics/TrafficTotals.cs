using System;
using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>The traffic of the process, or of some of its zones, added up over zones and threads.</summary>
internal sealed class TrafficTotals
{
    private readonly long[] _cells = new long[ZoneCounters.Cells];

    private TrafficTotals()
    {
    }

    /// <summary>Queries that were answered, or dropped by a filter.</summary>
    public long Queries => Sum(_cells.AsSpan(ZoneCounters.Requests..ZoneCounters.Responses));

    public long Answers => Sum(_cells.AsSpan(ZoneCounters.Responses..ZoneCounters.RequestSizes));

    /// <summary>Times until the reply, a count for each bucket of <see cref="Buckets.Durations"/>.</summary>
    public ReadOnlySpan<long> Durations => _cells.AsSpan(ZoneCounters.Durations, Buckets.Durations.Count);

    /// <summary>From the cache and not expired.</summary>
    public long Cached => Math.Max(0, Answered(Answerer.Cache) - Stale);

    public long Stale => Sum(ZoneCell.ServedStale);

    public long Forwarded => Answered(Answerer.Forward);

    public long Failed => Replies(ResponseCode.ServerFailure);

    /// <summary>What filters decided, answered or not.</summary>
    public long Filtered => ByAcl + ByAny + ByDeny + ByNdots;

    public long ByAcl => Sum(ZoneCell.AclBlocked) + Sum(ZoneCell.AclFiltered) + Sum(ZoneCell.AclDropped);

    public long ByAny => Sum(ZoneCell.FilteredAny);

    public long ByDeny => Sum(ZoneCell.FilteredDeny);

    public long ByNdots => Sum(ZoneCell.FilteredNdots);

    /// <param name="counters">Whose zones.</param>
    /// <param name="zone">Only those with this name; null for all.</param>
    public static TrafficTotals Of(CounterRegistry counters, string? zone = null)
    {
        TrafficTotals totals = new();
        long[] cells = new long[ZoneCounters.Cells];
        foreach (ZoneSeries series in counters.Zones)
        {
            if (zone is not null && series.Zone != zone)
            {
                continue;
            }

            counters.Sum(series, cells);
            for (int i = 0; i < cells.Length; i++)
            {
                totals._cells[i] += cells[i];
            }
        }

        return totals;
    }

    public long Sum(ZoneCell cell) => _cells[ZoneCounters.Singles + (int)cell];

    /// <summary>Replies with a code, whoever made them.</summary>
    public long Replies(ResponseCode rcode)
    {
        long sum = 0;
        for (int by = 0; by < LabelValues.Answerers.Length; by++)
        {
            sum += _cells[ZoneCounters.ResponseCell(LabelValues.RcodeIndex(rcode), by)];
        }

        return sum;
    }

    /// <summary>Replies that somebody made, failures aside.</summary>
    public long Answered(params ReadOnlySpan<Answerer> makers)
    {
        long sum = 0;
        foreach (Answerer by in makers)
        {
            for (int rcode = 0; rcode < LabelValues.Rcodes.Length; rcode++)
            {
                bool isFailure = rcode == LabelValues.RcodeIndex(ResponseCode.ServerFailure);
                sum += isFailure ? 0 : _cells[ZoneCounters.ResponseCell(rcode, (int)by)];
            }
        }

        return sum;
    }

    private static long Sum(ReadOnlySpan<long> cells)
    {
        long sum = 0;
        foreach (long count in cells)
        {
            sum += count;
        }

        return sum;
    }
}
