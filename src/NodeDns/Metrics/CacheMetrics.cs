using System;

namespace NodeDns.Metrics;

/// <summary>CoreDNS's metrics of the cache, by server block.</summary>
/// <param name="entries">Entries of a space, of denials or not.</param>
/// <param name="evictions">The same for those given up.</param>
internal sealed class CacheMetrics(ZoneTotals totals, Func<int, bool, long> entries, Func<int, bool, long> evictions)
{
    private static readonly string[] s_cache = ["server", "zones", "view"];
    private static readonly string[] s_cacheType = ["server", "type", "zones", "view"];

    public void Register(MetricSet set)
    {
        set.Add(
            new MetricFamily("coredns_cache_requests_total", MetricKind.Counter, "Lookups in the cache.", s_cache),
            sink =>
            {
                foreach (ZoneGroup cache in totals.Caches)
                {
                    sink.Add(
                        cache.Labels,
                        totals.Sum(cache, ZoneCell.HitsSuccess) + totals.Sum(cache, ZoneCell.HitsDenial)
                        + totals.Sum(cache, ZoneCell.Misses));
                }
            });
        set.Add(
            new MetricFamily("coredns_cache_hits_total", MetricKind.Counter, "Lookups the cache answered.", s_cacheType),
            sink =>
            {
                foreach (ZoneGroup cache in totals.Caches)
                {
                    sink.Add(cache.Success, totals.Sum(cache, ZoneCell.HitsSuccess));
                    sink.Add(cache.Denial, totals.Sum(cache, ZoneCell.HitsDenial));
                }
            });
        Add(set, "coredns_cache_misses_total", "Lookups the cache did not answer.", ZoneCell.Misses);
        AddBySpace(set, "coredns_cache_entries", MetricKind.Gauge, "Entries in the cache.", entries);
        AddBySpace(
            set, "coredns_cache_evictions_total", MetricKind.Counter, "Entries given up for want of room.", evictions);
        Add(set, "coredns_cache_prefetch_total", "Answers asked for again before they expired.", ZoneCell.Prefetches);
        Add(set, "coredns_cache_served_stale_total", "Expired answers that were given.", ZoneCell.ServedStale);
        Add(set, "coredns_cache_drops_total", "Answers that could not be kept.", ZoneCell.Drops);
    }

    private void Add(MetricSet set, string name, string help, ZoneCell cell) => set.Add(
        new MetricFamily(name, MetricKind.Counter, help, s_cache),
        sink =>
        {
            foreach (ZoneGroup cache in totals.Caches)
            {
                sink.Add(cache.Labels, totals.Sum(cache, cell));
            }
        });

    private void AddBySpace(MetricSet set, string name, MetricKind kind, string help, Func<int, bool, long> value) => set.Add(
        new MetricFamily(name, kind, help, s_cacheType),
        sink =>
        {
            foreach (ZoneGroup cache in totals.Caches)
            {
                sink.Add(cache.Success, Sum(cache, isDenial: false, value));
                sink.Add(cache.Denial, Sum(cache, isDenial: true, value));
            }
        });

    private long Sum(ZoneGroup cache, bool isDenial, Func<int, bool, long> value)
    {
        long sum = 0;
        foreach (int zone in cache.Members)
        {
            int space = totals.Zones[zone].Series.CacheSpace;
            sum += space < 0 ? 0 : value(space, isDenial);
        }

        return sum;
    }
}
