using System.Collections.Generic;
using System.Linq;
using System.Net;
using NodeDns.Metrics;
using NodeDns.Dnstap;
using NodeDns.Upstreams;

namespace NodeDns.Pipeline;

/// <summary>What the workers serve by: for each listen address its zones. Immutable; a reload swaps the whole.</summary>
internal sealed class ServingPlan(IReadOnlyDictionary<IPEndPoint, ZoneTable> listeners)
{
    public IReadOnlyDictionary<IPEndPoint, ZoneTable> Listeners { get; } = listeners;

    /// <summary>Every upstream that is asked under this plan.</summary>
    public IReadOnlySet<UpstreamState> Upstreams =>
        Zones.SelectMany(zone => zone.Forwarding).SelectMany(forward => forward.Upstreams).ToHashSet();

    /// <summary>This plan is served now.</summary>
    public void Activate()
    {
        foreach (ForwardPlan forward in Zones.SelectMany(zone => zone.Forwarding))
        {
            forward.Activate();
        }
    }

    /// <summary>Lets go of what a plan that is no longer served holds: its consolidated errors are said.</summary>
    public void Retire()
    {
        foreach (ZonePlan zone in Zones)
        {
            zone.Logs?.Dispose();
        }
    }

    /// <summary>Writes into the zones' series what this plan, now in force, says of them.</summary>
    public void Describe(CounterRegistry counters)
    {
        foreach (ZoneSeries series in counters.Zones)
        {
            series.CacheSpace = -1;
            series.SetDirectives([]);
        }

        HashSet<ushort> spaces = [];
        foreach (ZonePlan zone in Zones)
        {
            zone.Series.SetDirectives(zone.Directives);
            zone.Series.CacheZones = zone.CacheZones ?? zone.Series.CacheZones;

            // Several addresses may share one part of the cache; it is shown once.
            if (zone.CacheZones is not null && spaces.Add(zone.Space))
            {
                zone.Series.CacheSpace = zone.Space;
            }
        }

        counters.OnDescribed();
    }

    /// <summary>Every collector that a dnstap line of the plan names.</summary>
    public IReadOnlySet<DnstapOutput> Taps => Zones.SelectMany(zone => zone.Tap?.Outputs ?? []).ToHashSet();

    /// <summary>Every zone, once per listen address.</summary>
    public IEnumerable<ZonePlan> Zones
    {
        get
        {
            foreach (ZoneTable table in Listeners.Values)
            {
                foreach (ZonePlan zone in table.Zones)
                {
                    yield return zone;
                }
            }
        }
    }
}
