using BenchmarkDotNet.Attributes;
using NodeDns.Wire;

namespace NodeDns.Benchmarks.Wire;

public class QueryViewBenchmarks
{
    private readonly byte[] _plain = Messages.Query("kubernetes.default.svc.cluster.local.");
    private readonly byte[] _withOptions = Messages.Query("kubernetes.default.svc.cluster.local.", edns: true);

    [Benchmark]
    public int Parse() => QueryView.TryParse(_plain, out QueryView query) == ParseStatus.Ok ? query.LabelCount : -1;

    [Benchmark]
    public int ParseWithOptions() =>
        QueryView.TryParse(_withOptions, out QueryView query) == ParseStatus.Ok ? query.UdpPayloadSize : -1;
}
