using System;
using NodeDns.Metrics;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>What the status page says of a zone, or of all together, from the cells of its counters.</summary>
internal readonly record struct ZoneFigures
{
    public long Cached { get; private init; }

    public long Stale { get; private init; }

    public long Local { get; private init; }

    public long Forwarded { get; private init; }

    public long Failed { get; private init; }

    public long NoError { get; private init; }

    public long NxDomain { get; private init; }

    public long Refused { get; private init; }

    public long Blocked { get; private init; }

    /// <summary>By an <c>acl</c>: no answer at all.</summary>
    public long Dropped { get; private init; }

    public long Answers { get; private init; }

    public static ZoneFigures Of(ReadOnlySpan<long> cells)
    {
        long answers = 0;
        foreach (long count in cells[ZoneCounters.Responses..ZoneCounters.RequestSizes])
        {
            answers += count;
        }

        long failed = Sum(cells, ResponseCode.ServerFailure);
        long stale = Single(cells, ZoneCell.ServedStale);
        long cached = Math.Max(0, By(cells, Answerer.Cache) - stale);
        long forwarded = By(cells, Answerer.Forward);
        return new ZoneFigures
        {
            Answers = answers,
            Failed = failed,
            Stale = stale,
            Cached = cached,
            Forwarded = forwarded,
            Local = Math.Max(0, answers - failed - stale - cached - forwarded),
            NoError = Sum(cells, ResponseCode.NoError),
            NxDomain = Sum(cells, ResponseCode.NameError),
            Refused = Sum(cells, ResponseCode.Refused),
            Blocked = Single(cells, ZoneCell.AclBlocked) + Single(cells, ZoneCell.AclFiltered) + Single(cells, ZoneCell.AclDropped)
                + Single(cells, ZoneCell.FilteredAny) + Single(cells, ZoneCell.FilteredDeny) + Single(cells, ZoneCell.FilteredNdots),
            Dropped = Single(cells, ZoneCell.AclDropped),
        };
    }

    public static ZoneFigures operator +(ZoneFigures one, ZoneFigures other) => new()
    {
        Cached = one.Cached + other.Cached,
        Stale = one.Stale + other.Stale,
        Local = one.Local + other.Local,
        Forwarded = one.Forwarded + other.Forwarded,
        Failed = one.Failed + other.Failed,
        NoError = one.NoError + other.NoError,
        NxDomain = one.NxDomain + other.NxDomain,
        Refused = one.Refused + other.Refused,
        Blocked = one.Blocked + other.Blocked,
        Dropped = one.Dropped + other.Dropped,
        Answers = one.Answers + other.Answers,
    };

    private static long Single(ReadOnlySpan<long> cells, ZoneCell cell) => cells[ZoneCounters.Singles + (int)cell];

    private static long Sum(ReadOnlySpan<long> cells, ResponseCode rcode)
    {
        long sum = 0;
        for (int by = 0; by < LabelValues.Answerers.Length; by++)
        {
            sum += cells[ZoneCounters.ResponseCell(LabelValues.RcodeIndex(rcode), by)];
        }

        return sum;
    }

    /// <summary>Answers of one maker, failures aside.</summary>
    private static long By(ReadOnlySpan<long> cells, Answerer by)
    {
        long sum = -cells[ZoneCounters.ResponseCell(LabelValues.RcodeIndex(ResponseCode.ServerFailure), (int)by)];
        for (int rcode = 0; rcode < LabelValues.Rcodes.Length; rcode++)
        {
            sum += cells[ZoneCounters.ResponseCell(rcode, (int)by)];
        }

        return sum;
    }
}
