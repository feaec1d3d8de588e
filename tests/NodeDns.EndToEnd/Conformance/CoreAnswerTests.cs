using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Answers and how they are kept: M10 to M16.</summary>
public sealed class CoreAnswerTests(PlainServer fixture) : ServerTests<PlainServer>(fixture)
{
    [Fact]
    [Trait("Statement", "M10")]
    public async Task M10_TruncatedUpstreamAnswer_IsFetchedOverTcp()
    {
        string name = NewName();
        Upstream.On(name, q => q.IsTcp
            ? q.Address("192.0.2.10")
            : q.Address("6.6.6.6").With(HeaderBits.Truncated));
        AssertAddress("192.0.2.10", await Client.UdpAsync(name));
        AssertAddress("192.0.2.10", await Client.UdpAsync(name));
        Assert.Equal([false, true], Upstream.QueriesFor(name).Select(q => q.IsTcp));
    }

    [Fact]
    [Trait("Statement", "M10")]
    public async Task M10_TruncatedAndTcpFails_IsNotCached()
    {
        string name = NewName();
        bool isBroken = true;
        Upstream.On(name, q => !isBroken ? q.Address("192.0.2.11")
            : q.IsTcp ? UpstreamReply.Close() : q.Address("6.6.6.6").With(HeaderBits.Truncated));
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name));
        Assert.True(answer.Truncated || answer.Rcode == Rcode.ServFail, answer.ToString());
        Assert.DoesNotContain("6.6.6.6", Addresses(answer));
        isBroken = false;
        await Server.AdvanceClockAsync(31);
        AssertAddress("192.0.2.11", await Client.UdpAsync(name));
    }

    [Fact]
    [Trait("Statement", "M11")]
    public async Task M11_CnameToNxDomain_IsRelayedAndCachedUnderItsName()
    {
        string name = NewName();
        Upstream.On(name, q => q.NxDomain(soaTtl: 300, minimum: 40)
            .Change(m => m.Answers.Add(DnsRecord.Cname(q.Name, "gone.example.", 120))));
        DnsMessage answer = await Client.UdpAsync(name);
        Assert.Equal(Rcode.NxDomain, answer.Rcode);
        Assert.Equal("gone.example.", Assert.Single(answer.Answers).Target);
        await Server.AdvanceClockAsync(38);
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(1, Upstream.Count(name, RrType.A));
        await Server.AdvanceClockAsync(4);
        await Client.UdpAsync(name);
        Assert.Equal(2, Upstream.Count(name, RrType.A));
    }

    [Fact]
    [Trait("Statement", "M11")]
    public async Task M11_CnameToNxDomain_DoesNotDenyTheAliasItself()
    {
        string name = NewName();
        Upstream.On(name, q => q.NxDomain().Change(m => m.Answers.Add(DnsRecord.Cname(q.Name, "gone.example."))));
        Upstream.On(name, RrType.Cname, q => q.Answer(DnsRecord.Cname(q.Name, "gone.example.")));
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(name)).Rcode);
        DnsMessage alias = await Client.UdpAsync(name, RrType.Cname);
        Assert.Equal(Rcode.NoError, alias.Rcode);
        Assert.Equal("gone.example.", Assert.Single(alias.Answers).Target);
    }

    [Fact]
    [Trait("Statement", "M12")]
    public async Task M12_DifferentTtlsInOneSet_BecomeTheLowest()
    {
        string name = NewName();
        Upstream.On(name, q => q.Answer(
            DnsRecord.A(q.Name, "192.0.2.1", 300), DnsRecord.A(q.Name, "192.0.2.2", 60)));
        Assert.All((await Client.UdpAsync(name)).Answers, r => Assert.Equal(60u, r.Ttl));
        await Server.AdvanceClockAsync(10);
        Assert.All((await Client.UdpAsync(name)).Answers, r => Assert.InRange(r.Ttl, 49u, 50u));
    }

    [Fact]
    [Trait("Statement", "M13")]
    public async Task M13_NewAnswer_ReplacesTheOldOneWhole()
    {
        string name = NewName();
        Upstream.On(name, q => q.Number == 1
            ? q.Answer(DnsRecord.A(q.Name, "192.0.2.1", 30), DnsRecord.A(q.Name, "192.0.2.2", 30))
            : q.Address("192.0.2.3"));
        Assert.Equal(2, (await Client.UdpAsync(name)).Answers.Count);
        await Server.AdvanceClockAsync(31);
        AssertAddress("192.0.2.3", await Client.UdpAsync(name));
        AssertAddress("192.0.2.3", await Client.UdpAsync(name));
        Assert.Equal(2, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "M14")]
    [InlineData(0x80000000)]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x7FFFFFFF)]
    public async Task M14_EnormousTtl_IsCappedNotNegative(uint ttl)
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.14", ttl));
        Assert.InRange((await Client.UdpAsync(name)).Answers[0].Ttl, 0u, 604_800u);
        Assert.InRange((await Client.UdpAsync(name)).Answers[0].Ttl, 0u, 604_800u);
    }

    [Fact]
    [Trait("Statement", "M15")]
    public async Task M15_CachedAnswer_IsNotAuthoritative()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.15").With(HeaderBits.Authoritative));
        await CacheAsync(name);
        Assert.False((await Client.UdpAsync(name)).Authoritative);
    }

    [Fact]
    [Trait("Statement", "M16")]
    public async Task M16_Answers_CopyRdAndSetRa()
    {
        string name = NewName();
        DnsMessage miss = await Client.UdpAsync(name);
        DnsMessage hit = await Client.UdpAsync(name);
        DnsMessage hitWithoutRd = await Client.UdpAsync(DnsMessage.Query(name).Without(HeaderBits.RecursionDesired));
        Assert.True(miss.RecursionDesired && miss.RecursionAvailable);
        Assert.True(hit.RecursionDesired && hit.RecursionAvailable);
        AssertAddress("192.0.2.1", hitWithoutRd);
        Assert.True(!hitWithoutRd.RecursionDesired && hitWithoutRd.RecursionAvailable);
        Assert.Equal(1, Upstream.Count(name));
        Assert.True(Upstream.QueriesFor(name)[0].Message.RecursionDesired);
    }

    [Theory]
    [Trait("Statement", "M16")]
    [Trait("Statement", "EDE 20")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task M16_QueryWithoutRdThatIsNotCached_IsRefusedAndStaysHere(bool tcp)
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name).Without(HeaderBits.RecursionDesired).WithEdns();
        DnsMessage answer = tcp ? await Client.TcpAsync(query) : await Client.UdpAsync(query);
        Assert.Equal(Rcode.Refused, answer.Rcode);
        Assert.Equal([20], answer.ErrorCodes);
        Assert.Equal(name, answer.Question.Name);
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    public async Task UpstreamTrailingBytes_AreCutOff()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Raw([.. q.Address("192.0.2.16").Encode(), 1, 2, 3, 4, 5]));
        AssertAddress("192.0.2.16", await Client.UdpAsync(name));
        AssertAddress("192.0.2.16", await Client.UdpAsync(name));
    }

    [Fact]
    public async Task RecordsOfOtherNames_AreNeverUsedForAnotherQuestion()
    {
        string name = NewName();
        string victim = NewName("bank.test.");
        Upstream.On(name, q => q.Address("192.0.2.17").Change(m =>
        {
            m.Authority.Add(DnsRecord.Ns("bank.test.", victim));
            m.Additional.Add(DnsRecord.A(victim, "6.6.6.6", 86400));
        }));
        await Client.UdpAsync(name);
        AssertAddress("192.0.2.1", await Client.UdpAsync(victim));
        Assert.Equal(1, Upstream.Count(victim));
    }
}
