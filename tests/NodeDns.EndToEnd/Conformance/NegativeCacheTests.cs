using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Negative answers, failures and TTLs: N1 to N9.</summary>
public sealed class NegativeCacheTests(PlainServer fixture)
    : ServerTests<PlainServer>(fixture)
{
    [Fact]
    [Trait("Statement", "N1")]
    public async Task N1_NxDomainForOneType_AnswersEveryType()
    {
        string name = NewName();
        Upstream.On(name, q => q.NxDomain());
        foreach (ushort type in (ushort[])[RrType.A, RrType.Aaaa, RrType.Mx, 65280])
        {
            DnsMessage answer = await Client.UdpAsync(name, type);
            Assert.Equal(Rcode.NxDomain, answer.Rcode);
            Assert.Equal(new DnsQuestion(name, type), answer.Question);
            Assert.Equal(RrType.Soa, Assert.Single(answer.Authority).Type);
        }

        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N2")]
    public async Task N2_NoDataForOneType_SaysNothingOfOthers()
    {
        string name = NewName();
        Upstream.On(name, RrType.A, q => q.NoData());
        Assert.Empty((await Client.UdpAsync(name)).Answers);
        Assert.Single((await Client.UdpAsync(name, RrType.Aaaa)).Answers);
        await Client.UdpAsync(name);
        Assert.Equal((1, 1), (Upstream.Count(name, RrType.A), Upstream.Count(name, RrType.Aaaa)));
    }

    [Theory]
    [Trait("Statement", "N3")]
    [InlineData(900, 60)]
    [InlineData(60, 900)]
    public async Task N3_NegativeTtl_IsTheSmallerOfSoaTtlAndMinimum(uint soaTtl, uint minimum)
    {
        string name = NewName();
        Upstream.On(name, q => q.NxDomain(soaTtl, minimum));
        Assert.InRange((await Client.UdpAsync(name)).Authority[0].Ttl, 59u, 60u);
        await Server.AdvanceClockAsync(20);
        Assert.InRange((await Client.UdpAsync(name)).Authority[0].Ttl, 38u, 40u);
        await Server.AdvanceClockAsync(38);
        await Client.UdpAsync(name);
        Assert.Equal(1, Upstream.Count(name));
        await Server.AdvanceClockAsync(3);
        await Client.UdpAsync(name);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "N4")]
    [InlineData(Rcode.NxDomain)]
    [InlineData(Rcode.NoError)]
    public async Task N4_NegativeAnswerWithoutSoa_IsNotKept(int rcode)
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(rcode));
        Assert.Equal(rcode, (await Client.UdpAsync(name)).Rcode);
        await Server.AdvanceClockAsync(6);
        Assert.Equal(rcode, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N5")]
    public async Task N5_HugeNegativeTtl_IsCappedAtHalfAnHour()
    {
        string name = NewName();
        Upstream.On(name, q => q.NxDomain(604_800, 604_800));
        Assert.InRange((await Client.UdpAsync(name)).Authority[0].Ttl, 1u, 1800u);
        await Server.AdvanceClockAsync(1801);
        await Client.UdpAsync(name);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N6")]
    public async Task N6_ServFail_IsKeptFiveSeconds()
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(name)).Rcode);
        await Server.AdvanceClockAsync(4);
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(1, Upstream.Count(name));
        await Server.AdvanceClockAsync(1.1);
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N6")]
    public async Task N6_Timeout_EndsInServFailAfterAtMostThreeTriesAndIsKept()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Silence);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Rcode);
        int tries = Upstream.Count(name);
        Assert.InRange(tries, 1, 3);
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(DnsMessage.Query(name), TimeSpan.FromSeconds(1))).Rcode);
        Assert.Equal(tries, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N7")]
    public async Task N7_ManyQueriesForAFailingName_MakeOneUpstreamRound()
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        for (int i = 0; i < 300; i++)
        {
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
            Assert.Equal(Rcode.ServFail, answer.Rcode);
            Assert.True(i == 0 || answer.ErrorCodes.Contains(13), answer.ToString());
        }

        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N8")]
    public async Task N8_Ttl_CountsDownAndIsNeverZeroFromTheCache()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.8", 10));
        Assert.Equal(10u, (await Client.UdpAsync(name)).Answers[0].Ttl);
        foreach ((double step, uint low, uint high) in (IEnumerable<(double, uint, uint)>)[(5, 4, 5), (3, 1, 2)])
        {
            await Server.AdvanceClockAsync(step);
            Assert.InRange((await Client.UdpAsync(name)).Answers[0].Ttl, low, high);
        }

        Assert.Equal(1, Upstream.Count(name));
        await Server.AdvanceClockAsync(2);
        Assert.Equal(10u, (await Client.UdpAsync(name)).Answers[0].Ttl);
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "N9")]
    public async Task N9_TtlZero_IsRelayedAndNeverReused()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address($"192.0.2.{q.Number}", 0));
        for (int i = 1; i <= 3; i++)
        {
            DnsMessage answer = await Client.UdpAsync(name);
            AssertAddress($"192.0.2.{i}", answer);
            Assert.Equal(0u, answer.Answers[0].Ttl);
        }
    }

    [Fact]
    public async Task Classes_AreSeparateInTheCache()
    {
        string name = NewName();
        await CacheAsync(name, RrType.Txt);
        await Client.UdpAsync(DnsMessage.Query(name, RrType.Txt, RrClass.Chaos));
        Assert.Equal(2, Upstream.Count(name, RrType.Txt));
    }
}
