using System.Buffers;
using System.IO;
using BenchmarkDotNet.Attributes;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Timing;

namespace NodeDns.Benchmarks.Pipeline;

/// <summary>One scrape's text, of a server whose zones were all asked for.</summary>
public class MetricsTextBenchmarks
{
    private const int Zones = 8;
    private readonly ArrayBufferWriter<byte> _body = new(256 * 1024);
    private Server? _server;

    [GlobalSetup]
    public void Build()
    {
        Clock clock = new();
        _server = new Server(
            new ServerOptions { CacheBytes = 1 << 20, Workers = 2 }, CorefileSource.Choose(new ServerOptions(), () => TextReader.Null, Config.CorefileFiles.OfSystem),
            clock, new LogQueue(clock, Stream.Null, Stream.Null));
        for (int zone = 0; zone < Zones; zone++)
        {
            _server.Counters.Zone("dns://127.0.0.1:53", $"zone{zone}.");
        }
    }

    [Benchmark]
    public int Write()
    {
        _body.ResetWrittenCount();
        _server!.Metrics.Collect(new MetricTextWriter(_body, openMetrics: false));
        return _body.WrittenCount;
    }
}
