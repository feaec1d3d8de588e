using System;
using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>All traffic of the process, added up over zones and threads.</summary>
internal sealed class TrafficTotals
{
    private readonly long[] _cells = new long[ZoneCounters.Cells];

    private TrafficTotals()
    {
    }

    /// <summary>Queries that were answered, or dropped by a filter.</summary>
    public long Queries
    {
        get
        {
            long sum = 0;
            foreach (long count in _cells.AsSpan(ZoneCounters.Requests, ZoneCounters.Responses - ZoneCounters.Requests))
            {
                sum += count;
            }

            return sum;
        }
    }

    public static TrafficTotals Of(CounterRegistry counters)
    {
        TrafficTotals totals = new();
        Span<long> zone = new long[ZoneCounters.Cells];
        foreach (ZoneSeries series in counters.Zones)
        {
            counters.Sum(series, zone);
            for (int i = 0; i < zone.Length; i++)
            {
                totals._cells[i] += zone[i];
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
                bool isFailure = rcode == (int)ResponseCode.ServerFailure;
                sum += isFailure ? 0 : _cells[ZoneCounters.ResponseCell(rcode, (int)by)];
            }
        }

        return sum;
    }
}
