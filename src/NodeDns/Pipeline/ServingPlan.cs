using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Pipeline;

/// <summary>What the workers serve by: for each listen address its zones. Immutable; a reload swaps the whole.</summary>
internal sealed class ServingPlan(ImmutableDictionary<IPEndPoint, ZoneTable> listeners)
{
    public ImmutableDictionary<IPEndPoint, ZoneTable> Listeners { get; } = listeners;

    /// <summary>Lets go of what a plan that is no longer served holds: its consolidated errors are said.</summary>
    public void Retire()
    {
        foreach (ZonePlan zone in Zones)
        {
            zone.Logs?.Dispose();
        }
    }

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
