using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Questions that are not simply forwarded: M17 to M21.</summary>
public sealed class SpecialQuestionTests(PlainServer fixture)
    : ServerTests<PlainServer>(fixture)
{
    [Theory]
    [Trait("Statement", "M17")]
    [Trait("Statement", "2.2 NOTIFY and meta types")]
    [InlineData(Opcode.Notify)]
    [InlineData(Opcode.Update)]
    [InlineData(Opcode.InverseQuery)]
    [InlineData(Opcode.Status)]
    public async Task M17_OtherOpcodes_GetNotImpAndAreNeverForwarded(int opcode)
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name, RrType.Soa).Change(m => m.Opcode = opcode);
        Assert.Equal((Rcode.NotImp, opcode), await ShapeAsync(query, tcp: false));
        Assert.Equal((Rcode.NotImp, opcode), await ShapeAsync(query, tcp: true));
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M17")]
    [Trait("Statement", "2.2 NOTIFY and meta types")]
    public async Task M17_NotifyForACachedName_LeavesTheCacheAlone()
    {
        string name = NewName();
        await CacheAsync(name);
        await Client.UdpAsync(DnsMessage.Query(name, RrType.Soa).Change(m => m.Opcode = Opcode.Notify));
        await Client.UdpAsync(name);
        Assert.Equal(1, Upstream.Count(name, RrType.A));
    }

    [Theory]
    [Trait("Statement", "M18")]
    [InlineData(RrType.Axfr, false)]
    [InlineData(RrType.Axfr, true)]
    [InlineData(RrType.Ixfr, false)]
    [InlineData(RrType.Ixfr, true)]
    public async Task M18_ZoneTransfers_AreRefusedHere(ushort type, bool tcp)
    {
        string name = NewName();
        DnsMessage query = DnsMessage.Query(name, type);
        int connections = Upstream.TcpConnections;
        DnsMessage answer = tcp ? await Client.TcpAsync(query) : await Client.UdpAsync(query);
        Assert.Equal(Rcode.Refused, answer.Rcode);
        Assert.Equal(0, Upstream.Count(name));
        Assert.Equal(connections, Upstream.TcpConnections);
    }

    [Fact]
    [Trait("Statement", "2.2 NOTIFY and meta types")]
    [Trait("Statement", "EDE 21")]
    public async Task MetaTypes_AreRefusedAndReachNeitherUpstreamNorCache()
    {
        string name = NewName();
        await CacheAsync(name);
        foreach (ushort type in Enumerable.Range(128, 127).Select(t => (ushort)t))
        {
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name, type).WithEdns());
            Assert.Equal((Rcode.Refused, 21), (answer.Rcode, Assert.Single(answer.ErrorCodes)));
            Assert.Empty(answer.AllRecords);
        }

        Assert.Equal(Rcode.FormErr, (await Client.UdpAsync(DnsMessage.Query(name, RrType.Opt))).Rcode);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "2.2 NOTIFY and meta types")]
    public async Task MetaTypesInAnAnswer_AreNotTakenForData()
    {
        foreach (ushort type in (ushort[])[RrType.Tsig, 249, 200, RrType.Any])
        {
            string name = NewName();
            Upstream.On(name, q => q.Number == 1
                ? q.Answer(DnsRecord.Unknown(q.Name, type, [1, 2, 3, 4], 3600))
                : q.Address("192.0.2.1"));
            Assert.Empty(Addresses(await Client.UdpAsync(name)));
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        }
    }

    [Fact]
    [Trait("Statement", "M19")]
    public async Task M19_Any_IsAQuestionOfItsOwn()
    {
        string name = NewName();
        Upstream.On(name, RrType.Any, q => q.Answer(
            DnsRecord.A(q.Name, "192.0.2.19"), DnsRecord.Txt(q.Name, "all of it")));
        await CacheAsync(name);
        DnsMessage any = await Client.UdpAsync(name, RrType.Any);
        Assert.Equal(2, any.Answers.Count);
        Assert.Equal(2, (await Client.UdpAsync(name, RrType.Any)).Answers.Count);
        Assert.Equal(1, Upstream.Count(name, RrType.Any));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        await Client.UdpAsync(name, RrType.Txt);
        Assert.Equal(1, Upstream.Count(name, RrType.Txt));
    }

    [Theory]
    [Trait("Statement", "M20")]
    [InlineData("localhost.", RrType.A, "127.0.0.1")]
    [InlineData("LocalHost.", RrType.A, "127.0.0.1")]
    [InlineData("a.b.localhost.", RrType.A, "127.0.0.1")]
    [InlineData("localhost.", RrType.Aaaa, "::1")]
    [InlineData("x.localhost.", RrType.Aaaa, "::1")]
    public async Task M20_Localhost_IsLoopbackAndStaysHere(string name, ushort type, string address)
    {
        DnsMessage answer = await Client.UdpAsync(name, type);
        Assert.Equal(Rcode.NoError, answer.Rcode);
        Assert.Equal(address, Assert.Single(answer.Answers).Address);
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M20")]
    public async Task M20_LocalhostOfOtherTypes_IsNoDataAndStaysHere()
    {
        DnsMessage answer = await Client.UdpAsync("localhost.", RrType.Mx);
        Assert.Equal((Rcode.NoError, 0), (answer.Rcode, answer.Answers.Count));
        Assert.Equal(0, Upstream.Count("localhost."));
    }

    [Theory]
    [Trait("Statement", "M20")]
    [InlineData("invalid.")]
    [InlineData("www.invalid.")]
    public async Task M20_Invalid_DoesNotExistAndStaysHere(string name)
    {
        DnsMessage answer = await Client.UdpAsync(name);
        Assert.Equal(Rcode.NxDomain, answer.Rcode);
        Assert.Equal(0, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "M21")]
    public async Task M21_ClientSubnet_IsStripped()
    {
        string name = NewName();
        DnsMessage first = await Client.UdpAsync(WithSubnet(name, 10));
        DnsMessage second = await Client.UdpAsync(WithSubnet(name, 20));
        Assert.Equal(1, Upstream.Count(name));
        Assert.DoesNotContain(Upstream.QueriesFor(name)[0].Message.Edns?.Options ?? [],
            o => o.Code == EdnsOptionCode.ClientSubnet);
        Assert.Empty(first.Edns!.Options.Concat(second.Edns!.Options));
    }

    private static DnsMessage WithSubnet(string name, byte net) =>
        DnsMessage.Query(name).WithEdns(e => e.With(EdnsOptionCode.ClientSubnet, 0, 1, 24, 0, net, 1, 1));

    private async Task<(int Rcode, int Opcode)> ShapeAsync(DnsMessage query, bool tcp)
    {
        DnsMessage answer = tcp ? await Client.TcpAsync(query) : await Client.UdpAsync(query);
        Assert.Empty(answer.AllRecords);
        return (answer.Rcode, answer.Opcode);
    }
}
