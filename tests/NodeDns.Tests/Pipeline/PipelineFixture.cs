using System;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Dnstap;
using NodeDns.Linux.Sockets;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.TestKit;
using NodeDns.Timing;
using NodeDns.Upstreams;
using Xunit;

namespace NodeDns.Tests.Pipeline;

/// <summary>A pipeline over the plan of a Corefile, without sockets: queries in, replies or waiting questions out.</summary>
internal sealed class PipelineFixture : IDisposable
{
    private readonly LogQueue _logs;
    private readonly WorkerInbox _inbox = new();
    private readonly byte[] _reply = new byte[PipelineLimits.MaxUdpReplyBytes];
    private readonly MemoryStream _log = new();
    private readonly ServingPlan _plan;
    private PeerAddress _client = PeerAddress.From(IPEndPoint.Parse("10.0.0.7:4000"));

    public PipelineFixture(string corefile)
    {
        CorefileResult read = CorefileReader.ReadText(corefile, "Corefile", new CorefileContext());
        Assert.True(read.Errors.IsEmpty, string.Join('\n', read.Errors));
        Clock = new Clock();
        _logs = new LogQueue(Clock, _log, _log);
        Shared = new PipelineContext(
            Clock, new AnswerCache(CacheLimits.MinBudgetBytes, 1), new InFlightTable(), new RefreshBackoff(),
            new CounterRegistry(), new PendingRewrites());
        PlanBuilder builder = new(
            new UpstreamRegistry(Clock), new CacheSpaces(), Shared.Cache.Occupancy, Clock, _logs,
            Shared.Counters, new DnstapOutputs(_logs.Log));
        _plan = builder.Build(read.Config!);
        Zones = _plan.Listeners.Values.First();
        Queries = new QueryPipeline(Shared, new QuestionStarter(Shared.InFlight, null, [_inbox]), Shared.Counters.Add());
    }

    public Clock Clock { get; }

    public PipelineContext Shared { get; }

    public QueryPipeline Queries { get; }

    public ZoneTable Zones { get; }

    /// <summary>Answers from the cache, of all zones.</summary>
    public long Hits
    {
        get
        {
            long hits = 0;
            foreach (ZoneSeries zone in Shared.Counters.Zones)
            {
                ZoneCounters counted = Queries.Counters.Zone(zone.Index);
                hits += counted[ZoneCell.HitsSuccess] + counted[ZoneCell.HitsDenial];
            }

            return hits;
        }
    }

    public QueryOutcome Process(ReadOnlySpan<byte> query) => Queries.Process(
        query, _reply, new ClientContext(ref _client, default, 0, isTcp: false), Zones, Clock.NowMilliseconds);

    /// <summary>The reply to a query that must be answered at once.</summary>
    public DnsMessage Ask(DnsMessage query)
    {
        QueryOutcome outcome = Process(query.Encode());
        Assert.True(outcome.IsAnswered, "not answered at once");
        return DnsMessage.Decode(_reply.AsSpan(0, outcome.Length));
    }

    public void Dispose()
    {
        _plan.Retire();
        _logs.Dispose();
        _inbox.Dispose();
        _log.Dispose();
    }
}
