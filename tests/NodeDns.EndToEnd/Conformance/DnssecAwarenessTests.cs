using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>What a forwarder that does not validate owes to those who do: D1 to D9.</summary>
/// <remarks>
/// D6 is decided as D5: the path to the configured upstream is trusted, so its AD reaches clients that asked for it.
/// </remarks>
public sealed class DnssecAwarenessTests(DnssecAwarenessTests.WithDns64 fixture)
    : ServerTests<DnssecAwarenessTests.WithDns64>(fixture)
{
    [Fact]
    [Trait("Statement", "D1")]
    public async Task D1_CheckingDisabled_IsCopiedUpAndBack()
    {
        string name = NewName();
        DnsMessage set = await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.CheckingDisabled));
        DnsMessage cached = await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.CheckingDisabled));
        DnsMessage clear = await Client.UdpAsync(DnsMessage.Query(name));
        Assert.True(set.CheckingDisabled && cached.CheckingDisabled && !clear.CheckingDisabled);
        Assert.Equal([true, false], Upstream.QueriesFor(name).Select(q => q.Message.CheckingDisabled));
    }

    [Fact]
    [Trait("Statement", "D2")]
    public async Task D2_CachedServFail_IsNotGivenToAQueryWithCd()
    {
        string name = NewName();
        Upstream.On(name, q => q.Message.CheckingDisabled ? q.Address("192.0.2.2") : q.Error(Rcode.ServFail));
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(name)).Rcode);
        AssertAddress("192.0.2.2", await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.CheckingDisabled)));
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(name)).Rcode);
    }

    [Fact]
    [Trait("Statement", "D3")]
    public async Task D3_DoAfterACachedPlainAnswer_GetsSignatures()
    {
        string name = Signed();
        Assert.Equal([RrType.A], Types(await Client.UdpAsync(name)));
        Assert.Equal([RrType.A, RrType.Rrsig], Types(await Client.UdpAsync(WithDo(name))));
        Assert.Equal([RrType.A], Types(await Client.UdpAsync(name)));
    }

    [Fact]
    [Trait("Statement", "D4")]
    public async Task D4_DnssecRecords_AreOnlyForThoseWhoAsk()
    {
        string name = NewName();
        Upstream.On(name, q => q.Answer(DnsRecord.A(q.Name, "192.0.2.4"), DnsRecord.Rrsig(q.Name, RrType.A)).Change(m =>
        {
            m.Authority.Add(DnsRecord.Nsec(q.Name, "next.example."));
            m.Authority.Add(DnsRecord.Rrsig(q.Name, RrType.Nsec));
        }));
        Upstream.On(name, RrType.Rrsig, q => q.Answer(DnsRecord.Rrsig(q.Name, RrType.A)));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal([RrType.A], Types(await Client.UdpAsync(name)));
            Assert.Equal([RrType.A], Types(await Client.UdpAsync(DnsMessage.Query(name).WithEdns())));
            Assert.Equal([RrType.A, RrType.Rrsig, RrType.Nsec, RrType.Rrsig], Types(await Client.UdpAsync(WithDo(name))));
            Assert.Equal([RrType.Rrsig], Types(await Client.UdpAsync(name, RrType.Rrsig)));
        }
    }

    [Theory]
    [Trait("Statement", "D5")]
    [Trait("Statement", "D6")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D5_AuthenticData_IsForThoseWhoAskAndOnlyFromUpstream(bool upstreamSetsIt)
    {
        string name = NewName();
        Upstream.On(name, q => upstreamSetsIt
            ? q.Address("192.0.2.5").With(HeaderBits.AuthenticData)
            : q.Address("192.0.2.5"));
        for (int i = 0; i < 2; i++)
        {
            Assert.False((await Client.UdpAsync(DnsMessage.Query(name))).AuthenticData);
            Assert.False((await Client.UdpAsync(DnsMessage.Query(name).WithEdns())).AuthenticData);
            Assert.Equal(upstreamSetsIt,
                (await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.AuthenticData))).AuthenticData);
            Assert.Equal(upstreamSetsIt, (await Client.UdpAsync(WithDo(name))).AuthenticData);
        }
    }

    [Fact]
    [Trait("Statement", "D5")]
    public async Task D5_AuthenticData_IsAskedForAlwaysAndIsNoPartOfTheKey()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.5").With((ushort)(q.Message.Flags & HeaderBits.AuthenticData)));
        Assert.False((await Client.UdpAsync(name)).AuthenticData);
        Assert.True((await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.AuthenticData))).AuthenticData);
        Assert.True(Assert.Single(Upstream.QueriesFor(name)).Message.AuthenticData);
    }

    [Theory]
    [Trait("Statement", "D7")]
    [InlineData(Rcode.NxDomain)]
    [InlineData(Rcode.NoError)]
    public async Task D7_CachedNegativeAnswer_KeepsItsProof(int rcode)
    {
        string name = NewName();
        Upstream.On(name, q => (rcode == Rcode.NxDomain ? q.NxDomain() : q.NoData()).Change(AddProof));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage withDo = await Client.UdpAsync(WithDo(name));
            Assert.Equal(rcode, withDo.Rcode);
            Assert.Equal([RrType.Soa, RrType.Rrsig, RrType.Nsec, RrType.Rrsig], Types(withDo));
            Assert.Equal([RrType.Soa], Types(await Client.UdpAsync(name)));
        }

        Assert.InRange(Upstream.Count(name), 1, 2);
    }

    [Fact]
    [Trait("Statement", "D8")]
    public async Task D8_NsecThatCoversAnotherName_ProvesNothingHere()
    {
        string name = NewName("d8.example.");
        string covered = "m" + NewName("d8.example.");
        Upstream.On(name, q => q.NxDomain().Change(m => m.Authority.Add(DnsRecord.Nsec("a.d8.example.", "z.d8.example."))));
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(WithDo(name))).Rcode);
        AssertAddress("192.0.2.1", await Client.UdpAsync(WithDo(covered)));
    }

    [Fact]
    [Trait("Statement", "D9")]
    public async Task D9_Dns64_WorksOnlyWhereConfiguredAndNotForValidators()
    {
        string outside = NewName();
        string inside = NewName("six.example.");
        foreach (string name in (string[])[outside, inside])
        {
            Upstream.On(name, RrType.Aaaa, q => q.NoData());
        }

        Assert.Empty((await Client.UdpAsync(outside, RrType.Aaaa)).Answers);
        DnsMessage made = await Client.UdpAsync(inside, RrType.Aaaa);
        Assert.Equal("64:ff9b::c000:201", Assert.Single(made.Answers, r => r.Type == RrType.Aaaa).Address);
        DnsMessage validating = await Client.UdpAsync(
            DnsMessage.Query(inside, RrType.Aaaa).With(HeaderBits.CheckingDisabled).WithEdns(e => e.DnssecOk = true));
        Assert.Empty(validating.Answers);
    }

    private static IEnumerable<ushort> Types(DnsMessage message) => message.AllRecords.Select(r => r.Type);

    private static DnsMessage WithDo(string name) => DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true);

    private static void AddProof(DnsMessage message)
    {
        message.Authority.Add(DnsRecord.Rrsig("example.", RrType.Soa, 60));
        message.Authority.Add(DnsRecord.Nsec("a.example.", "z.example.", 60));
        message.Authority.Add(DnsRecord.Rrsig("a.example.", RrType.Nsec, 60));
    }

    /// <summary>A name whose answer is signed for those who set DO.</summary>
    private string Signed()
    {
        string name = NewName();
        Upstream.On(name, q => q.Message.Edns is { DnssecOk: true }
            ? q.Answer(DnsRecord.A(q.Name, "192.0.2.3"), DnsRecord.Rrsig(q.Name, RrType.A))
            : q.Address("192.0.2.3"));
        return name;
    }

    /// <summary>The plain server, and one zone with DNS64.</summary>
    public sealed class WithDns64 : ServerFixture
    {
        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}}
                cache
            }
            six.example:{{Port}} {
                bind 127.0.0.1
                dns64 {
                    allow_ipv4
                }
                forward . {{UpstreamAddress}}
                cache
            }
            """;
    }
}
