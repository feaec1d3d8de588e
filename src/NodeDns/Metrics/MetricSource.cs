using System;

namespace NodeDns.Metrics;

/// <summary>A metric and where its numbers come from.</summary>
internal sealed record MetricSource(MetricFamily Family, Action<IMetricSink> Collect);
