using System.Collections.Generic;

namespace NodeDns.Metrics;

/// <summary>Zones that share the labels of a metric: those of one server, or of one cache.</summary>
internal sealed class ZoneGroup(SampleLabels labels)
{
    public SampleLabels Labels { get; } = labels;

    /// <summary>Of a server: without the view.</summary>
    public SampleLabels Alone { get; init; } = labels;

    /// <summary>Of a cache: with <c>type</c>.</summary>
    public SampleLabels Success { get; init; } = labels;

    public SampleLabels Denial { get; init; } = labels;

    /// <summary>Places of the zones in the registry.</summary>
    public List<int> Members { get; } = [];
}
