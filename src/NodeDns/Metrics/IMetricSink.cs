using System;

namespace NodeDns.Metrics;

/// <summary>Where collected numbers go: a text format, or a meter's listener.</summary>
internal interface IMetricSink
{
    public void Begin(MetricFamily family);

    public void Add(SampleLabels labels, long value);

    public void Add(SampleLabels labels, double value);

    /// <summary>A histogram by its cells, one per bucket and not yet added up, and the sum in the unit counted in.</summary>
    public void Add(SampleLabels labels, Buckets buckets, ReadOnlySpan<long> cells, long sum);
}
