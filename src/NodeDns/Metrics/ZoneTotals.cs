using System;
using System.Collections.Generic;

namespace NodeDns.Metrics;

/// <summary>The counters of all zones added up over all threads, and the groups the zones are exported in.</summary>
/// <remarks>Guarded by the set it is collected by; its memory is kept from one scrape to the next.</remarks>
internal sealed class ZoneTotals(CounterRegistry registry)
{
    private static readonly string[] s_cache = ["server", "zones", "view"];
    private static readonly string[] s_cacheType = ["server", "type", "zones", "view"];
    private readonly List<long[]> _totals = [];
    private readonly Dictionary<string, ZoneGroup> _servers = [];
    private readonly Dictionary<(string Server, string Zones), ZoneGroup> _caches = [];
    private int _version = -1;

    public List<ZoneLabels> Zones { get; } = [];

    public IEnumerable<ZoneGroup> Servers => _servers.Values;

    public IEnumerable<ZoneGroup> Caches => _caches.Values;

    public void Refresh()
    {
        ReadOnlySpan<ZoneSeries> zones = registry.Zones;
        while (Zones.Count < zones.Length)
        {
            Zones.Add(new ZoneLabels(zones[Zones.Count]));
            _totals.Add(new long[ZoneCounters.Cells]);
        }

        for (int i = 0; i < Zones.Count; i++)
        {
            registry.Sum(Zones[i].Series, _totals[i]);
        }

        if (_version != registry.Version)
        {
            _version = registry.Version;
            Group();
        }
    }

    public ReadOnlySpan<long> Of(int zone) => _totals[zone];

    public long Of(int zone, ZoneCell cell) => _totals[zone][ZoneCounters.Singles + (int)cell];

    public long Sum(ZoneGroup group, ZoneCell cell)
    {
        long sum = 0;
        foreach (int zone in group.Members)
        {
            sum += Of(zone, cell);
        }

        return sum;
    }

    private void Group()
    {
        _servers.Clear();
        _caches.Clear();
        for (int i = 0; i < Zones.Count; i++)
        {
            ZoneSeries series = Zones[i].Series;
            if (!_servers.TryGetValue(series.Server, out ZoneGroup? server))
            {
                server = new ZoneGroup(new SampleLabels(["server", "view"], series.Server, ""))
                {
                    Alone = new SampleLabels(["server"], series.Server),
                };
                _servers.Add(series.Server, server);
            }

            server.Members.Add(i);
            if (series.CacheZones is not { } cached)
            {
                continue;
            }

            if (!_caches.TryGetValue((series.Server, cached), out ZoneGroup? cache))
            {
                cache = new ZoneGroup(new SampleLabels(s_cache, series.Server, cached, ""))
                {
                    Success = new SampleLabels(s_cacheType, series.Server, "success", cached, ""),
                    Denial = new SampleLabels(s_cacheType, series.Server, "denial", cached, ""),
                };
                _caches.Add((series.Server, cached), cache);
            }

            cache.Members.Add(i);
        }
    }
}
