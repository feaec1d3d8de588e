using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Serving stale data by RFC 8767's timers, which is what a bare serve_stale means here: S1 to S7 and S9.</summary>
public sealed class StaleTests(StaleServer fixture) : ServerTests<StaleServer>(fixture)
{
    [Fact]
    [Trait("Statement", "S1")]
    public async Task S1_UpstreamSilent_StaleAnswerComesAtTheClientResponseTimer()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => UpstreamReply.Silence);
        long began = Stopwatch.GetTimestamp();
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        double waited = Stopwatch.GetElapsedTime(began).TotalSeconds;
        AssertAddress("192.0.2.1", answer);
        Assert.Equal([3], answer.ErrorCodes);
        Assert.InRange(waited, 1.6, 2.8);
    }

    [Fact]
    [Trait("Statement", "S1")]
    public async Task S1_AfterTheStaleAnswer_ResolutionGoesOnBehind()
    {
        string name = await ExpiredAsync();
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.99")).When(gate.Task));
        Task<DnsMessage> asked = Client.UdpAsync(name);
        await Upstream.WaitForAsync(name, RrType.A, 2);
        await Server.AdvanceClockAsync(1.85);
        AssertAddress("192.0.2.1", await asked);
        gate.SetResult();
        DnsMessage fresh = await Fixture.AskUntilAsync(
            () => DnsMessage.Query(name).WithEdns(), m => Addresses(m).Contains("192.0.2.99"));
        Assert.Empty(fresh.ErrorCodes);
    }

    [Fact]
    [Trait("Statement", "S1")]
    public async Task S1_UpstreamAnswersInTime_ClientGetsTheFreshAnswer()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.98")).After(TimeSpan.FromMilliseconds(300)));
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        AssertAddress("192.0.2.98", answer);
        Assert.Empty(answer.ErrorCodes);
    }

    [Fact]
    [Trait("Statement", "S2")]
    public async Task S2_StaleAnswers_HaveTtl30()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => UpstreamReply.Silence);
        Assert.Equal(30u, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Answers[0].Ttl);
    }

    [Fact]
    [Trait("Statement", "S3")]
    public async Task S3_AfterAFailedRefresh_StaleIsServedAtOnceAndUpstreamLeftAloneFor30Seconds()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => UpstreamReply.Silence);
        AssertAddress("192.0.2.1", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
        await Server.AdvanceClockAsync(10);
        await Task.Delay(100);
        int tries = Upstream.Count(name);
        for (int i = 0; i < 20; i++)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(DnsMessage.Query(name), TimeSpan.FromSeconds(1)));
        }

        Assert.Equal(tries, Upstream.Count(name));
        await Server.AdvanceClockAsync(31);
        AssertAddress("192.0.2.1", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
        Assert.True(Upstream.Count(name) > tries);
    }

    [Fact]
    [Trait("Statement", "S4")]
    public async Task S4_AfterTheStaleLimit_NothingStaleIsServed()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => UpstreamReply.Silence);
        await Server.AdvanceClockAsync(3500);
        AssertAddress("192.0.2.1", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
        await Server.AdvanceClockAsync(200);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Rcode);
    }

    [Fact]
    [Trait("Statement", "S5")]
    public async Task S5_RefreshThatSaysNxDomain_ReplacesTheEntry()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => q.NxDomain());
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "S5")]
    [InlineData(Rcode.ServFail)]
    [InlineData(Rcode.Refused)]
    public async Task S5_RefreshWithAnotherCode_LeavesTheEntry(int rcode)
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => q.Error(rcode));
        for (int i = 0; i < 3; i++)
        {
            DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
            AssertAddress("192.0.2.1", answer);
            Assert.Equal(3, answer.ErrorCodes.First());
        }
    }

    [Fact]
    [Trait("Statement", "S6")]
    public async Task S6_QueryWithoutRd_GetsNoStaleData()
    {
        string name = await ExpiredAsync();
        DnsMessage answer = await Client.UdpAsync(
            DnsMessage.Query(name).Without(HeaderBits.RecursionDesired).WithEdns());
        Assert.Equal(Rcode.Refused, answer.Rcode);
        Assert.Equal([20], answer.ErrorCodes);
        Assert.Equal(1, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "S7")]
    [Trait("Statement", "EDE 3")]
    [Trait("Statement", "EDE 19")]
    [InlineData("positive", Rcode.NoError, 3)]
    [InlineData("nodata", Rcode.NoError, 3)]
    [InlineData("nxdomain", Rcode.NxDomain, 19)]
    public async Task S7_StaleAnswers_SayWhatTheyAre(string kind, int rcode, int code)
    {
        string name = NewName();
        Upstream.On(name, q => kind switch
        {
            "positive" => q.Address("192.0.2.1", 60),
            "nodata" => q.NoData(),
            _ => q.NxDomain(),
        });
        await CacheAsync(name);
        await Server.AdvanceClockAsync(61);
        Upstream.On(name, q => UpstreamReply.Silence);
        DnsMessage withOpt = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(rcode, withOpt.Rcode);
        Assert.Equal([code], withOpt.ErrorCodes);
        DnsMessage without = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name));
        Assert.Equal(rcode, without.Rcode);
        Assert.Null(without.Edns);
    }

    [Fact]
    [Trait("Statement", "S9")]
    public async Task S9_AddressBecameAnAlias_OnlyTheNewerAnswerIsServedStale()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => q.Answer(
            DnsRecord.Cname(q.Name, "new.example.", 60), DnsRecord.A("new.example.", "192.0.2.90", 60)));
        await Client.UdpAsync(name);
        await Server.AdvanceClockAsync(61);
        Upstream.On(name, q => UpstreamReply.Silence);
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name));
        Assert.Equal([RrType.Cname, RrType.A], answer.Answers.Select(r => r.Type));
        AssertAddress("192.0.2.90", answer);
    }

    [Fact]
    [Trait("Statement", "N9")]
    public async Task N9_TtlZero_IsNotServedStaleEither()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.1", 0));
        await Client.UdpAsync(name);
        Upstream.On(name, q => UpstreamReply.Silence);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Rcode);
    }

    [Theory]
    [Trait("Statement", "S4")]
    [InlineData(3)]
    [InlineData(19)]
    public async Task S4_AnswerStaleAtTheUpstream_StartsNoStaleLife(int code)
    {
        string name = NewName();
        Upstream.On(name, q => StaleUpstream(q, code));
        DnsMessage relayed = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        DnsMessage cached = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal((code, code, 1), (relayed.ErrorCodes.First(), cached.ErrorCodes.First(), Upstream.Count(name)));
        await Server.AdvanceClockAsync(31);
        Upstream.On(name, q => UpstreamReply.Silence);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Rcode);
    }

    [Fact]
    [Trait("Statement", "S4")]
    public async Task S4_AnswerStaleAtTheUpstream_EndsWithTheLifeOfTheAnswerItReplaces()
    {
        string name = await ExpiredAsync();
        Upstream.On(name, q => StaleUpstream(q, 3));
        Assert.Equal([3], (await Client.UdpAsync(DnsMessage.Query(name).WithEdns())).ErrorCodes);
        Upstream.On(name, q => UpstreamReply.Silence);
        await Server.AdvanceClockAsync(3000);
        AssertAddress("192.0.2.1", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name)));
        await Server.AdvanceClockAsync(700);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Rcode);
    }

    /// <summary>What Technitium sends of a name it could not refresh: TTL 30 and an extended error.</summary>
    private static DnsMessage StaleUpstream(UpstreamQuery query, int code) =>
        (code == 3 ? query.Address("192.0.2.1", 30) : query.NxDomain(30, 30)).WithEdns(e => e.WithError((ushort)code, "stale"));

    /// <summary>A name whose cached address 192.0.2.1 has just expired.</summary>
    private async Task<string> ExpiredAsync()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.1", 60));
        await CacheAsync(name);
        await Server.AdvanceClockAsync(61);
        return name;
    }
}

/// <summary>One zone per way of serving stale data.</summary>
public sealed class StaleServer : ServerFixture
{
    public override string Corefile =>
        Block(".", "serve_stale 1h") +
        Block("immediate.test", "serve_stale 1h immediate") +
        Block("seventeen.test", "serve_stale 1h immediate 17s 40s") +
        Block("verify.test", "serve_stale 1h verify") +
        Block("quick.test", "serve_stale 1h verify 500ms") +
        Block("prefer.test", "serve_stale 1h immediate\n        serve_stale_policy prefer_positive") +
        Block("prefetch.test", "prefetch 1 1m 10%") +
        Block("keep.test", "keepttl") +
        Block("short.test", "success 10000 10\n        denial 10000 7");

    private string Block(string zone, string cache) => $$"""
        {{zone}}:{{Port}} {
            bind 127.0.0.1
            forward . {{UpstreamAddress}} {
                max_fails 0
                hedge off
            }
            cache {
                {{cache}}
            }
        }

        """;
}
