using System;
using System.Diagnostics;
using NodeDns.Cache;
using NodeDns.Metrics;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Enters replies into the counters of the thread that makes them.</summary>
/// <remarks>
/// All of it disappears from a build with <c>-p:Counters=false</c>, which exists to measure what counting costs
/// (benchmarks/metrics-cost).
/// </remarks>
internal static class ReplyCount
{
    private const string Symbol = "NODEDNS_COUNTERS";

    /// <summary>A message came in.</summary>
    [Conditional(Symbol)]
    public static void Message(WorkerCounters counters) => counters.Queries++;

    /// <summary>A reply made while its query was at hand; it leaves with its batch.</summary>
    [Conditional(Symbol)]
    public static void AtOnce(
        WorkerCounters counters, int series, in CountedQuery query, ResponseCode rcode, Answerer by,
        ReadOnlySpan<byte> reply)
    {
        ZoneCounters zone = counters.Zone(series);
        zone.CountReply(query, rcode, by, reply);
        counters.TimeWithBatch(zone);
    }

    /// <summary>A query that gets no reply, by a filter's decision.</summary>
    [Conditional(Symbol)]
    public static void Silence(WorkerCounters counters, int series, in CountedQuery query)
    {
        ZoneCounters zone = counters.Zone(series);
        zone.CountQuery(query);
        counters.TimeWithBatch(zone);
    }

    /// <summary>The reply of a client that waited.</summary>
    [Conditional(Symbol)]
    public static void Deferred(
        WorkerCounters counters, in Waiter waiter, in CachedAnswer answer, long nowMicroseconds, ReadOnlySpan<byte> reply)
    {
        ZoneCounters zone = counters.Zone(waiter.Series);
        CountedQuery query = new(
            waiter.Has(WaiterFlags.Tcp), waiter.Client.IsIPv6, waiter.Type, waiter.QueryLength,
            waiter.Has(WaiterFlags.DnssecOk));
        zone.CountReply(query, answer.Rcode, answer.IsStale ? Answerer.Cache : Answerer.Forward, reply);
        zone.Time(nowMicroseconds - waiter.ReceivedAt);
        if (answer.IsStale)
        {
            Stale(counters, zone, answer, nowMicroseconds / 1000);
        }
    }

    /// <summary>A lookup that the cache answers.</summary>
    [Conditional(Symbol)]
    public static void Hit(WorkerCounters counters, int series, in CachedAnswer answer, long now)
    {
        ZoneCounters zone = counters.Zone(series);
        zone.Add(answer.Kind == AnswerKind.Success ? ZoneCell.HitsSuccess : ZoneCell.HitsDenial);
        if (answer.IsStale)
        {
            Stale(counters, zone, answer, now);
        }
    }

    [Conditional(Symbol)]
    public static void One(WorkerCounters counters, int series, ZoneCell cell) => counters.Zone(series).Add(cell);

    private static void Stale(WorkerCounters counters, ZoneCounters zone, in CachedAnswer answer, long now)
    {
        zone.Add(ZoneCell.ServedStale);
        counters.CountStale(Math.Max(0, ((now - answer.StoredAt) / 1000) - answer.TtlSeconds));
    }
}
