using System;
using System.IO;
using System.Linq;
using System.Net;
using BenchmarkDotNet.Attributes;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Dnstap;
using NodeDns.Linux.Sockets;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Benchmarks.Pipeline;

/// <summary>A cached query from its bytes to its reply, everything but the sockets.</summary>
public class QueryPipelineBenchmarks
{
    private const int Names = 10_000;

    private const string Corefile = """
        .:53 {
            bind 127.0.0.1
            errors
            cache 3600
            forward . 127.0.0.1:9
        }
        cluster.local:53 {
            bind 127.0.0.1
            errors
            cache 3600
            forward . 127.0.0.1:9
        }
        """;

    private readonly byte[] _reply = new byte[PipelineLimits.MaxUdpReplyBytes];
    private readonly byte[][] _queries = new byte[Names][];
    private readonly int[] _order = new int[1 << 16];
    private QueryPipeline? _pipeline;
    private ZoneTable? _zones;
    private PeerAddress _client = PeerAddress.From(IPEndPoint.Parse("10.0.0.7:4000"));
    private long _now;
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        Clock clock = new();
        LogQueue logs = new(clock, Stream.Null, Stream.Null);
        PipelineContext shared = new(
            clock, new AnswerCache(CacheLimits.DefaultBudgetBytes, 1), new InFlightTable(), new RefreshBackoff(),
            new CounterRegistry(), new PendingRewrites());
        PlanBuilder builder = new(new UpstreamRegistry(clock), new CacheSpaces(), shared.Cache.Occupancy, clock, logs, shared.Counters, new DnstapOutputs(logs.Log));
        NodeDnsConfig config = CorefileReader.ReadText(Corefile, "Corefile", new CorefileContext()).Config!;
        _zones = builder.Build(config).Listeners.Values.First();
        _pipeline = new QueryPipeline(shared, new QuestionStarter(shared.InFlight, null, [new WorkerInbox()]), shared.Counters.Add());
        _now = clock.NowMilliseconds;
        byte[] entry = new byte[1024];
        for (int i = 0; i < Names; i++)
        {
            string name = $"svc{i}.default.svc.cluster.local.";
            byte[] wire = Messages.Name(name);
            _queries[i] = Messages.Query(name);
            ZonePlan zone = _zones.Match(wire, 5, RecordType.A)!;
            CacheKey key = new(wire, RecordType.A, RecordClass.IN, 0, zone.Space, shared.Cache.Seed);
            ResponseView.TryParse(Messages.Answer(name, 1, 3600), wire, RecordType.A, RecordClass.IN, out ResponseView response);
            EntryWriter.TryWrite(entry, key, response, CopyOptions.None, isLocal: false, out int length);
            EntryWriter.SetExpiry(entry, AnswerKind.Success, EntryFlags.None, 3600, _now, 0);
            shared.Cache.Store(entry.AsSpan(0, length), RecordType.A, _now);
        }

        // Zipf's law with exponent 1, the usual shape of what names are asked for.
        Random random = new(1);
        double total = Enumerable.Range(1, Names).Sum(rank => 1.0 / rank);
        for (int i = 0; i < _order.Length; i++)
        {
            double drawn = random.NextDouble() * total;
            int rank = 0;
            while (drawn > 0 && rank < Names)
            {
                drawn -= 1.0 / ++rank;
            }

            _order[i] = rank - 1;
        }
    }

    [Benchmark]
    public int Hit() => Process(_queries[17]);

    [Benchmark]
    public int HitAmongTenThousand() => Process(_queries[_order[_next++ & (_order.Length - 1)]]);

    private int Process(byte[] query) => _pipeline!.Process(
        query, _reply, new ClientContext(ref _client, default, 0, isTcp: false), _zones!, _now).Length;
}
