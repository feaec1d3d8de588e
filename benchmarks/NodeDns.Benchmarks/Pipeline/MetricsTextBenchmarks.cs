using System.Buffers;
using BenchmarkDotNet.Attributes;
using NodeDns.Cache;
using NodeDns.Hosting;
using NodeDns.Listeners;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Timing;
using NodeDns.Upstreams;

namespace NodeDns.Benchmarks.Pipeline;

/// <summary>One scrape's text.</summary>
public class MetricsTextBenchmarks
{
    private readonly ArrayBufferWriter<byte> _body = new(64 * 1024);
    private readonly CounterRegistry _counters = new();
    private readonly AnswerCache _cache = new(CacheLimits.MinBudgetBytes, 1);
    private readonly InFlightTable _inFlight = new();
    private TcpConnectionTable? _connections;

    [GlobalSetup]
    public void Build()
    {
        PipelineContext shared = new(
            new Clock(), _cache, _inFlight, new RefreshBackoff(), _counters, new PendingRewrites());
        _connections = new TcpConnectionTable(shared, new QuestionStarter(_inFlight, null, []));
    }

    [Benchmark]
    public int Write()
    {
        _body.ResetWrittenCount();
        MetricsText.Write(
            _body, _counters, _cache, _inFlight, _connections!, new ReloadCounters(), new LoopCounters(),
            new SetupCounters());
        return _body.WrittenCount;
    }
}
