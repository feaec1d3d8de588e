using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;

namespace NodeDns.Metrics;

/// <summary>The same metrics as observable instruments of one meter, for exporters that listen to meters.</summary>
/// <remarks>Instruments call back only while somebody listens; until then this costs their objects and nothing else.</remarks>
internal sealed class MeterPublisher : IDisposable
{
    public const string MeterName = "NodeDns";

    private readonly Meter _meter = new(MeterName);

    public MeterPublisher(MetricSet set)
    {
        foreach (MetricSource source in set.Sources)
        {
            string name = source.Family.Name;
            string help = source.Family.Help;
            switch (source.Family.Kind)
            {
                case MetricKind.Counter:
                    _meter.CreateObservableCounter(name, () => Observe(set, source, MeasuredPart.Value), description: help);
                    break;
                case MetricKind.Gauge:
                    _meter.CreateObservableGauge(name, () => Observe(set, source, MeasuredPart.Value), description: help);
                    break;
                default:
                    // There is no observable histogram: its parts are counters, named as Prometheus names them.
                    _meter.CreateObservableCounter(name + "_bucket", () => Observe(set, source, MeasuredPart.Buckets), description: help);
                    _meter.CreateObservableCounter(name + "_sum", () => Observe(set, source, MeasuredPart.Sum), description: help);
                    _meter.CreateObservableCounter(name + "_count", () => Observe(set, source, MeasuredPart.Count), description: help);
                    break;
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private static List<Measurement<double>> Observe(MetricSet set, MetricSource source, MeasuredPart part)
    {
        MeasurementSink sink = new(part);
        set.Collect(source, sink);
        return sink.Measurements;
    }
}
