using System;
using System.Collections.Generic;
using System.Threading;

namespace NodeDns.Metrics;

/// <summary>All metrics of the process; filled at the start, collected by whoever asks.</summary>
/// <remarks>One collection at a time: collectors keep their working memory, so that a scrape allocates nothing per series.</remarks>
internal sealed class MetricSet
{
    private readonly Lock _gate = new();
    private readonly List<MetricSource> _sources = [];
    private readonly List<Action> _preparations = [];

    public IReadOnlyList<MetricSource> Sources => _sources;

    /// <summary>Has something computed before each collection that several metrics read.</summary>
    public void Prepare(Action preparation) => _preparations.Add(preparation);

    public void Add(MetricFamily family, Action<IMetricSink> collect) => _sources.Add(new MetricSource(family, collect));

    public void Counter(string name, string help, Func<long> value) =>
        Add(new MetricFamily(name, MetricKind.Counter, help), sink => sink.Add(SampleLabels.None, value()));

    public void Counter(string name, string help, Func<double> value) =>
        Add(new MetricFamily(name, MetricKind.Counter, help), sink => sink.Add(SampleLabels.None, value()));

    public void Gauge(string name, string help, Func<long> value) =>
        Add(new MetricFamily(name, MetricKind.Gauge, help), sink => sink.Add(SampleLabels.None, value()));

    public void Gauge(string name, string help, Func<double> value) =>
        Add(new MetricFamily(name, MetricKind.Gauge, help), sink => sink.Add(SampleLabels.None, value()));

    public void Collect(IMetricSink sink)
    {
        lock (_gate)
        {
            _preparations.ForEach(prepare => prepare());
            foreach (MetricSource source in _sources)
            {
                sink.Begin(source.Family);
                source.Collect(sink);
            }
        }
    }

    public void Collect(MetricSource source, IMetricSink sink)
    {
        lock (_gate)
        {
            _preparations.ForEach(prepare => prepare());
            sink.Begin(source.Family);
            source.Collect(sink);
        }
    }
}
