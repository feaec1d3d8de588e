using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using NodeDns.Metrics;
using Xunit;

namespace NodeDns.Tests.Metrics;

public sealed class MeterPublisherTests
{
    [Fact]
    public void Listener_OfTheMeter_SeesEveryPartOfEveryMetric()
    {
        MetricSet set = new();
        long counted = 41;
        set.Counter("a_total", "A counter.", () => counted);
        set.Add(
            new MetricFamily("b_seconds", MetricKind.Histogram, "A histogram.", "x"),
            sink => sink.Add(new SampleLabels(["x"], "y"), Buckets.Health, [1, 0, 2, 0, 0, 0], 500_000));
        Dictionary<string, double> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests of this process may publish the meter of a whole server.
            if (instrument.Meter.Name == MeterPublisher.MeterName && (instrument.Name == "a_total" || instrument.Name.StartsWith("b_seconds", StringComparison.Ordinal)))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen[$"{instrument.Name}{string.Concat(tags.ToArray().Select(tag => $" {tag.Key}={tag.Value}"))}"] = value);
        using MeterPublisher publisher = new(set);
        listener.Start();

        counted++;
        listener.RecordObservableInstruments();

        Assert.Equal(42, seen["a_total"]);
        Assert.Equal(1, seen["b_seconds_bucket x=y le=0.00025"]);
        Assert.Equal(3, seen["b_seconds_bucket x=y le=+Inf"]);
        Assert.Equal(3, seen["b_seconds_count x=y"]);
        Assert.Equal(0.5, seen["b_seconds_sum x=y"]);
        Assert.Equal(9, seen.Count);
    }
}
