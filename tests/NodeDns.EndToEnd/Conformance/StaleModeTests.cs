using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>The other modes of serve_stale, prefer_positive (S8), prefetch (P1), keepttl and the TTL bounds.</summary>
public sealed class StaleModeTests(StaleServer fixture) : ServerTests<StaleServer>(fixture)
{
    [Fact]
    public async Task Immediate_ExpiredEntry_IsServedAtOnceAndRefreshedOnceBehind()
    {
        string name = await ExpiredAsync("immediate.test.");
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.50")).When(gate.Task));
        for (int i = 0; i < 10; i++)
        {
            DnsMessage stale = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(), TimeSpan.FromSeconds(1));
            AssertAddress("192.0.2.1", stale);
            Assert.Equal(30u, stale.Answers[0].Ttl);
            Assert.Equal([3], stale.ErrorCodes);
        }

        await Upstream.WaitForAsync(name, RrType.A, 2);
        gate.SetResult();
        await Fixture.AskUntilAsync(() => DnsMessage.Query(name), m => Addresses(m).Contains("192.0.2.50"));
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    public async Task ImmediateWithNumbers_UsesTheGivenTtlAndRecheck()
    {
        string name = await ExpiredAsync("seventeen.test.");
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        Assert.Equal(17u, (await Client.UdpAsync(name)).Answers[0].Ttl);
        await Upstream.WaitForAsync(name, RrType.A, 2);
        await Task.Delay(100);
        await Server.AdvanceClockAsync(35);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Task.Delay(100);
        Assert.Equal(2, Upstream.Count(name));
        await Server.AdvanceClockAsync(6);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Upstream.WaitForAsync(name, RrType.A, 3);
    }

    [Fact]
    public async Task Verify_UpstreamAnswers_ClientGetsTheFreshAnswer()
    {
        string name = await ExpiredAsync("verify.test.");
        Upstream.On(name, q => q.Address("192.0.2.51"));
        AssertAddress("192.0.2.51", await Client.UdpAsync(name));
    }

    [Theory]
    [InlineData("verify.test.")]
    [InlineData("quick.test.")]
    public async Task Verify_UpstreamFails_ClientGetsTheStaleAnswer(string zone)
    {
        string name = await ExpiredAsync(zone);
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
        AssertAddress("192.0.2.1", answer);
        Assert.Equal(3, answer.ErrorCodes.First());
    }

    [Fact]
    public async Task VerifyWithTimeout_UpstreamSlow_ClientGetsStaleThenTheCacheIsUpdated()
    {
        string name = await ExpiredAsync("quick.test.");
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.52")).When(gate.Task));
        AssertAddress("192.0.2.1", await Client.UdpAsync(DnsMessage.Query(name), TimeSpan.FromSeconds(1.5)));
        gate.SetResult();
        await Fixture.AskUntilAsync(() => DnsMessage.Query(name), m => Addresses(m).Contains("192.0.2.52"));
    }

    [Theory]
    [Trait("Statement", "S8")]
    [InlineData("nxdomain")]
    [InlineData("nodata")]
    public async Task S8_PreferPositive_KeepsTheLastGoodAnswer(string kind)
    {
        string name = await ExpiredAsync("prefer.test.");
        Upstream.On(name, q => kind == "nxdomain" ? q.NxDomain() : q.NoData());
        for (int i = 0; i < 3; i++)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
            await Task.Delay(50);
        }

        await Server.AdvanceClockAsync(3700);
        Assert.Empty((await Client.UdpAsync(name)).Answers);
    }

    [Fact]
    [Trait("Statement", "P1")]
    public async Task P1_HitNearTheEnd_IsAnsweredFromCacheAndRefreshedOnce()
    {
        string name = NewName("prefetch.test.");
        Upstream.On(name, q => q.Address($"192.0.2.{q.Number}", 100));
        await CacheAsync(name);
        await Server.AdvanceClockAsync(80);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Task.Delay(50);
        Assert.Equal(1, Upstream.Count(name));
        await Server.AdvanceClockAsync(12);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Upstream.WaitForAsync(name, RrType.A, 2);
        DnsMessage refreshed = await Fixture.AskUntilAsync(
            () => DnsMessage.Query(name), m => Addresses(m).Contains("192.0.2.2"));
        Assert.True(refreshed.Answers[0].Ttl > 90);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "P1")]
    public async Task P1_ManyHitsNearTheEnd_MakeOneRefresh()
    {
        string name = NewName("prefetch.test.");
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => q.Number == 1
            ? q.Address("192.0.2.1", 100)
            : UpstreamReply.FromDnsMessage(q.Address("192.0.2.2", 100)).When(gate.Task));
        await CacheAsync(name);
        await Server.AdvanceClockAsync(92);
        DnsMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Client.UdpAsync(name)));
        Assert.All(answers, a => AssertAddress("192.0.2.1", a));
        gate.SetResult();
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "P1")]
    public async Task P1_RefreshFails_EntryStays()
    {
        string name = NewName("prefetch.test.");
        Upstream.On(name, q => q.Number == 1 ? q.Address("192.0.2.1", 100) : q.Error(Rcode.ServFail));
        await CacheAsync(name);
        await Server.AdvanceClockAsync(92);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Upstream.WaitForAsync(name, RrType.A, 2);
        await Task.Delay(50);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Task.Delay(50);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "P1")]
    public async Task P1_RefreshTimesOut_EntryStays()
    {
        string name = NewName("prefetch.test.");
        Upstream.On(name, q => q.Number == 1 ? q.Address("192.0.2.1", 200) : UpstreamReply.Silence);
        await CacheAsync(name);
        await Server.AdvanceClockAsync(181);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Upstream.WaitForAsync(name, RrType.A, 2);
        for (int i = 0; i < 4; i++)
        {
            await Server.AdvanceClockAsync(2);
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        }
    }

    [Fact]
    public async Task KeepTtl_CachedAnswer_ShowsTheOriginalTtl()
    {
        string name = NewName("keep.test.");
        await CacheAsync(name);
        await Server.AdvanceClockAsync(100);
        Assert.Equal(300u, (await Client.UdpAsync(name)).Answers[0].Ttl);
    }

    [Fact]
    public async Task TtlBounds_FromTheCorefile_CapAndLift()
    {
        string name = NewName("short.test.");
        string tiny = NewName("short.test.");
        string absent = NewName("short.test.");
        Upstream.On(tiny, q => q.Address("192.0.2.1", 1)).On(absent, q => q.NxDomain(300, 300));
        Assert.Equal(10u, (await Client.UdpAsync(name)).Answers[0].Ttl);
        Assert.Equal(5u, (await Client.UdpAsync(tiny)).Answers[0].Ttl);
        Assert.Equal(7u, (await Client.UdpAsync(absent)).Authority[0].Ttl);
    }

    /// <summary>A name whose cached address 192.0.2.1 has just expired.</summary>
    private async Task<string> ExpiredAsync(string zone)
    {
        string name = NewName(zone);
        Upstream.On(name, q => q.Address("192.0.2.1", 60));
        await CacheAsync(name);
        await Server.AdvanceClockAsync(61);
        return name;
    }
}
