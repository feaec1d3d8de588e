using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace NodeDns.Metrics;

/// <summary>One zone at one listen address, as metrics know it; keeps its number as long as the process lives.</summary>
internal sealed class ZoneSeries(int index, string server, string zone)
{
    private readonly long[] _templateMatches = new long[2 * 20];
    private long _translations;

    /// <summary>Of what is served without a plan that names it: counted, and never exported.</summary>
    public static ZoneSeries Unlisted { get; } = new(CounterRegistry.Unlisted, "", "");

    /// <summary>Where its counters are in every <see cref="WorkerCounters"/>.</summary>
    public int Index { get; } = index;

    public string Server { get; } = server;

    public string Zone { get; } = zone;

    /// <summary>CoreDNS's label of its cache; null for a zone without one. Set by the plan in force.</summary>
    public string? CacheZones { get; set; }

    /// <summary>Which part of the cache is this zone's, at the first of the addresses that share it; -1 elsewhere.</summary>
    public int CacheSpace { get; set; } = -1;

    /// <summary>One set of labels per directive, for <c>coredns_plugin_enabled</c>; empty once no plan has the zone.</summary>
    public SampleLabels[] DirectiveLabels { get; private set; } = [];

    public void SetDirectives(IEnumerable<string> directives) => DirectiveLabels =
    [
        .. directives.Select(name => new SampleLabels(["server", "zone", "view", "name"], Server, Zone, "", name)),
    ];

    /// <summary>Answers made by <c>dns64</c>.</summary>
    public long Translations => Volatile.Read(ref _translations);

    public void CountTranslation() => Interlocked.Increment(ref _translations);

    /// <summary>By class (IN, other) and type.</summary>
    public long TemplateMatches(int cell) => Volatile.Read(ref _templateMatches[cell]);

    /// <summary>Templates are made once per TTL: an interlocked add is nothing beside the making.</summary>
    public void CountTemplate(bool isIn, int type) => Interlocked.Increment(ref _templateMatches[(isIn ? 0 : 20) + type]);
}
