using System.Linq;
using BenchmarkDotNet.Attributes;
using NodeDns.Pipeline;
using NodeDns.Wire;

namespace NodeDns.Benchmarks.Pipeline;

public class ZoneTableBenchmarks
{
    private readonly byte[] _name = Messages.Name("kubernetes.default.svc.cluster.local.");
    private ZoneTable? _table;

    [Params(4, 100)]
    public int Zones { get; set; }

    [GlobalSetup]
    public void Build()
    {
        string[] names = [".", "cluster.local.", "in-addr.arpa.", "ip6.arpa.", .. Enumerable.Range(0, Zones - 4).Select(i => $"z{i}.test.")];
        _table = new ZoneTable(
            [.. names.Select(name => new ZonePlan { Name = Messages.Name(name), Text = name, Space = 0 })]);
    }

    [Benchmark]
    public object? Match() => _table!.Match(_name, 5, RecordType.A);
}
