using System;
using NodeDns.Cache;
using NodeDns.Pipeline;
using NodeDns.TestKit;
using NodeDns.Tests.Cache;
using NodeDns.Upstreams;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Pipeline;

/// <summary>A client that holds its share of the in-flight table still gets what is known, if stale.</summary>
public sealed class StaleAtBoundTests
{
    private const string Corefile = """
        .:53 {
            bind 127.0.0.1
            forward . 127.0.0.1:9
            cache {
                serve_stale 1h
            }
        }
        """;

    [Fact]
    public void ClientShareUsedUp_StaleAnswerIsGivenAndTheRestFails()
    {
        using PipelineFixture fixture = new(Corefile);
        Know(fixture, "known.example.");
        fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        int begun = 0;
        while (!fixture.Process(DnsMessage.Query($"n{begun}.example.").Encode()).IsAnswered)
        {
            begun++;
        }

        Assert.Equal(UpstreamLimits.MaxQuestions / 2, begun);
        DnsMessage refused = fixture.Ask(DnsMessage.Query("unknown.example.").WithEdns());
        Assert.Equal((Rcode.ServFail, 0), (refused.Rcode, Assert.Single(refused.ErrorCodes)));
        DnsMessage stale = fixture.Ask(DnsMessage.Query("known.example.").WithEdns());
        Assert.Equal((Rcode.NoError, "192.0.2.1", 30u), (stale.Rcode, stale.Answers[0].Address, stale.Answers[0].Ttl));
        Assert.Equal([3], stale.ErrorCodes);
        Assert.Equal(3, fixture.Queries.Counters.ClientShareFull);
    }

    /// <summary>Has a name asked and answered, as an upstream would.</summary>
    private static void Know(PipelineFixture fixture, string name)
    {
        Assert.False(fixture.Process(DnsMessage.Query(name).Encode()).IsAnswered);
        DnsMessage answer = DnsMessage.Query(name).With(HeaderBits.Response);
        answer.Answers.Add(DnsRecord.A(name, "192.0.2.1", 60));
        Assert.Equal(ResponseStatus.Ok, ResponseView.TryParse(
            answer.Encode(), CacheFixture.Name(name), RecordType.A, RecordClass.IN, out ResponseView response));
        PipelineContext shared = fixture.Shared;
        AnswerDelivery delivery = new(
            shared.Clock, shared.InFlight, shared.Cache, shared.Backoff, fixture.Queries.Counters, new Nobody());
        delivery.Answer(0, response);
        shared.InFlight.FreeQuestion(0);
    }

    private sealed class Nobody : IReplySink
    {
        public void Reply(
            in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer, in ReplyCause cause)
        {
        }
    }
}
