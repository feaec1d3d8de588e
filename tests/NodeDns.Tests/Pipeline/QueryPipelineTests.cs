using NodeDns.Pipeline;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Pipeline;

public sealed class QueryPipelineTests
{
    private const string Corefile = """
        .:5300 {
            bind 127.0.0.1
            hosts {
                192.0.2.1 www.example.test
                fallthrough
            }
            cache 300
            errors
            forward . 127.0.0.1:9
        }
        filtered.test:5300 {
            bind 127.0.0.1
            ndots_filter
            deny bad.filtered.test
            forward . 127.0.0.1:9
        }
        empty.test:5300 {
            bind 127.0.0.1
            cache
        }
        """;

    [Fact]
    public void Process_CachedQuery_AllocatesNothing()
    {
        using PipelineFixture pipeline = new(Corefile);
        byte[] query = DnsMessage.Query("www.example.test.").WithEdns().Encode();
        for (int i = 0; i < 100; i++)
        {
            pipeline.Process(query);
        }

        long hits = pipeline.Hits;
        Assert.Equal(0, Allocation.Least(() => Repeat(pipeline, query, 10_000)));
        Assert.True(pipeline.Hits >= hits + 10_000);
    }

    [Fact]
    public void Process_Miss_AllocatesNothingOnThisThread()
    {
        using PipelineFixture pipeline = new(Corefile);
        byte[] query = DnsMessage.Query("unknown.example.").Encode();
        pipeline.Process(query);

        Assert.Equal(0, Allocation.Least(() => Repeat(pipeline, query, 1000)));
        Assert.Equal(1, pipeline.Shared.InFlight.Count);
        Assert.Equal(0, (pipeline.Shared.InFlight.Waiting - 1) % 1000);
    }

    [Fact]
    public void Process_NoZoneForTheName_IsRefused()
    {
        using PipelineFixture pipeline = new("a.test:5300 {\n    bind 127.0.0.1\n    whoami\n}\n");
        Assert.Equal(Rcode.Refused, pipeline.Ask(DnsMessage.Query("b.test.")).Rcode);
    }

    [Fact]
    public void Process_ZoneWithoutContent_IsRefused()
    {
        using PipelineFixture pipeline = new(Corefile);
        Assert.Equal(Rcode.Refused, pipeline.Ask(DnsMessage.Query("x.empty.test.")).Rcode);
    }

    [Fact]
    public void Process_SecondTime_ComesFromTheCacheInTheClientsSpelling()
    {
        using PipelineFixture pipeline = new(Corefile);
        pipeline.Ask(DnsMessage.Query("www.example.test."));
        DnsMessage second = pipeline.Ask(DnsMessage.Query("wWw.ExAmple.TeSt."));

        Assert.Equal("wWw.ExAmple.TeSt.", second.Question.Name.ToString());
        Assert.Equal(1, pipeline.Hits);
    }

    [Theory]
    [InlineData("www.example.com.filtered.test.", true)]
    [InlineData("x.bad.filtered.test.", true)]
    [InlineData("host.filtered.test.", false)]
    public void Process_JunkOfTheSearchList_NeverReachesTheUpstream(string name, bool isFiltered)
    {
        using PipelineFixture pipeline = new(Corefile);
        QueryOutcome outcome = pipeline.Process(DnsMessage.Query(name).Encode());
        Assert.Equal(isFiltered, outcome.IsAnswered);
        Assert.Equal(isFiltered ? 0 : 1, pipeline.Shared.InFlight.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public void Process_ShorterThanAHeader_IsDropped(int length)
    {
        using PipelineFixture pipeline = new(Corefile);
        QueryOutcome outcome = pipeline.Process(new byte[length]);
        Assert.False(outcome.IsAnswered || outcome.IsPending);
        Assert.Equal(1, pipeline.Queries.Counters.Ignored);
    }

    [Fact]
    public void Process_NotWantingRecursion_IsAnsweredFromTheCacheOrRefused()
    {
        using PipelineFixture pipeline = new(Corefile);
        DnsMessage unknown = DnsMessage.Query("unknown.example.").Without(HeaderBits.RecursionDesired).WithEdns();
        DnsMessage reply = pipeline.Ask(unknown);
        Assert.Equal(Rcode.Refused, reply.Rcode);
        Assert.Equal([20], reply.ErrorCodes);
        Assert.Equal(0, pipeline.Shared.InFlight.Count);
    }

    private static void Repeat(PipelineFixture pipeline, byte[] query, int times)
    {
        for (int i = 0; i < times; i++)
        {
            pipeline.Process(query);
        }
    }
}
