using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;

namespace NodeDns.Metrics;

/// <summary>Collects one part of one metric as measurements.</summary>
internal sealed class MeasurementSink(MeasuredPart part) : IMetricSink
{
    public List<Measurement<double>> Measurements { get; } = [];

    public void Begin(MetricFamily family)
    {
    }

    public void Add(SampleLabels labels, long value) => Measurements.Add(new Measurement<double>(value, labels.Tags));

    public void Add(SampleLabels labels, double value) => Measurements.Add(new Measurement<double>(value, labels.Tags));

    public void Add(SampleLabels labels, Buckets buckets, ReadOnlySpan<long> cells, long sum)
    {
        long count = 0;
        for (int i = 0; i < buckets.Count; i++)
        {
            count += cells[i];
            if (part == MeasuredPart.Buckets)
            {
                Measurements.Add(new Measurement<double>(
                    count, [.. labels.Tags, new KeyValuePair<string, object?>("le", buckets.Texts[i])]));
            }
        }

        if (part != MeasuredPart.Buckets)
        {
            Measurements.Add(new Measurement<double>(part == MeasuredPart.Sum ? sum * buckets.Unit : count, labels.Tags));
        }
    }
}
