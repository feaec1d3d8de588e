using BenchmarkDotNet.Attributes;
using NodeDns.Cache;
using NodeDns.Wire;

namespace NodeDns.Benchmarks.Cache;

public class AnswerCacheBenchmarks
{
    private const long Now = 1_000_000;
    private readonly AnswerCache _cache = new(CacheLimits.DefaultBudgetBytes, workers: 1);
    private readonly byte[] _name = Messages.Name("kubernetes.default.svc.cluster.local.");
    private readonly byte[] _entry = new byte[1024];
    private readonly byte[] _reply = new byte[1232];
    private int _length;

    private CacheKey Key => new(_name, RecordType.A, RecordClass.IN, 0, 0, _cache.Seed);

    [GlobalSetup]
    public void StoreOne()
    {
        byte[] answer = Messages.Answer("kubernetes.default.svc.cluster.local.", records: 1);
        ResponseView.TryParse(answer, _name, RecordType.A, RecordClass.IN, out ResponseView response);
        EntryWriter.TryWrite(_entry, Key, response, CopyOptions.None, isLocal: false, out _length);
        EntryWriter.SetExpiry(_entry, AnswerKind.Success, EntryFlags.None, 300, Now, 0);
        Store();
    }

    [Benchmark]
    public int Hit()
    {
        _cache.TryGet(Key, Now, default, _reply, out CachedAnswer answer);
        return answer.Length;
    }

    [Benchmark]
    public bool Store() => _cache.Store(System.MemoryExtensions.AsSpan(_entry, 0, _length), RecordType.A, Now);
}
