using BenchmarkDotNet.Attributes;
using NodeDns.Wire;

namespace NodeDns.Benchmarks.Wire;

public class TtlTableBenchmarks
{
    private readonly byte[] _answer = Messages.Answer("kubernetes.default.svc.cluster.local.", records: 4);
    private readonly byte[] _table = new byte[8];

    [GlobalSetup]
    public void Collect() => TtlTable.Collect(_answer, 12 + 38 + 4, _table);

    [Benchmark]
    public void Patch() => TtlTable.Patch(_answer, _table, 30);
}
