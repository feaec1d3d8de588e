using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Which upstream packets count as answers, and cookies: F1 to F5 with the rules of section 2.1.</summary>
public sealed class UpstreamMatchingTests(PlainServer fixture, ITestOutputHelper output)
    : ServerTests<PlainServer>(fixture)
{
    private static readonly Dictionary<string, Func<UpstreamQuery, byte[]>> s_forgeries = new()
    {
        ["empty"] = _ => [],
        ["one byte"] = q => q.Bytes[..1],
        ["eleven bytes"] = q => q.Bytes[..11],
        ["other name"] = q => Forged(q, m => m.Questions[0] = new DnsQuestion("other.example.", q.Type)),
        ["other type"] = q => Forged(q, m => m.Questions[0] = new DnsQuestion(q.Name, RrType.Mx)),
        ["other class"] = q => Forged(q, m => m.Questions[0] = new DnsQuestion(q.Name, q.Type, RrClass.Chaos)),
        ["QR=0"] = q => Forged(q, m => m.Flags &= 0x7FFF),
        ["opcode 5"] = q => Forged(q, m => m.Opcode = Opcode.Update),
        ["two questions"] = q => Forged(q, m => m.Questions.Add(new DnsQuestion("b.example.", q.Type))),
        ["no question, NOERROR"] = q => q.HeaderOnly(Rcode.NoError),
        ["no question, NXDOMAIN"] = q => q.HeaderOnly(Rcode.NxDomain),
        ["truncated record"] = q => Forged(q, _ => { })[..^5],
        ["record count too high"] = q => With(Forged(q, _ => { }), 6, 0xFF),
        ["pointer loop in an owner"] = q => [.. q.Bytes[..2], .. Loop(q)],
        ["all ones"] = _ => [.. Enumerable.Repeat((byte)0xFF, 512)],
        ["64 KiB of zeros"] = q => [.. q.Bytes[..2], .. new byte[60000]],
    };

    public static TheoryData<string> Forgeries => [.. s_forgeries.Keys];

    [Theory]
    [Trait("Statement", "F1")]
    [Trait("Statement", "F2")]
    [MemberData(nameof(Forgeries))]
    public async Task F1_PacketThatIsNotTheAnswer_IsIgnoredAndTheGenuineOneIsTaken(string forgery)
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).Following(s_forgeries[forgery](q)));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "F1")]
    [Trait("Statement", "2.1 TuDoor")]
    public async Task F1_AllForgeriesAtOnce_StillOneQueryAndTheGenuineAnswer()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1"))
            .Following([.. s_forgeries.Values.Select(f => f(q))]));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "F1")]
    [Trait("Statement", "2.1 near miss")]
    public async Task F1_WrongIdFromTheRightPeer_MovesTheQueryToTcp()
    {
        string name = NewName();
        Upstream.On(name, q => q.IsTcp
            ? q.Address("192.0.2.1")
            : UpstreamReply.Raw(Forged(q, m => m.Id ^= 0x5555)));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Assert.Equal([false, true], Upstream.QueriesFor(name).Select(q => q.IsTcp));
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
    }

    [Fact]
    [Trait("Statement", "F1")]
    public async Task F1_WrongIdThenTheGenuineAnswer_TheForgeryIsNotTaken()
    {
        string name = NewName();
        Upstream.On(name, q => q.IsTcp
            ? q.Address("192.0.2.1")
            : UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).Following(Forged(q, m => m.Id ^= 1)));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
    }

    [Theory]
    [Trait("Statement", "F1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    public async Task F1_AnswerFromAnotherAddressOrPort_IsIgnored(string source)
    {
        string name = NewName();
        Upstream.On(name, q =>
        {
            if (!q.IsTcp)
            {
                using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                other.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
                other.SendTo(Forged(q, _ => { }), q.Source);
            }

            return UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).After(TimeSpan.FromMilliseconds(50));
        });
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "F1")]
    public async Task F1_LateAnswerToAnEarlierQuestion_IsNotGivenToTheNext()
    {
        string first = NewName();
        string second = NewName();
        var ids = new List<byte[]>();
        Upstream.On(first, q =>
        {
            ids.Add(q.Bytes[..2]);
            return q.Address("192.0.2.1");
        });
        await Client.UdpAsync(first);
        Upstream.On(second, q => q.IsTcp ? q.Address("192.0.2.2") : UpstreamReply
            .FromDnsMessage(q.Address("192.0.2.2"))
            .Following([.. ids[0], .. Forged(q, _ => { })[2..]]));
        AssertAddress("192.0.2.2", await Client.UdpAsync(second));
    }

    [Theory]
    [Trait("Statement", "F2")]
    [InlineData(Rcode.Refused)]
    [InlineData(Rcode.ServFail)]
    [InlineData(Rcode.NotImp)]
    public async Task F2_HeaderOnlyError_EndsInThatErrorOrServFail(int rcode)
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Raw(q.HeaderOnly(rcode)));
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true));
        Assert.Contains(answer.Rcode, (int[])[rcode, Rcode.ServFail]);
        Assert.Equal(name, answer.Question.Name);
    }

    [Fact]
    [Trait("Statement", "F3")]
    public async Task F3_PortsAndIds_AreManyAndWithoutOrder()
    {
        List<string> names = [.. Enumerable.Range(0, 400).Select(_ => NewName())];
        foreach (string[] group in names.Chunk(40))
        {
            await Task.WhenAll(group.Select(n => Client.UdpAsync(n)));
        }

        List<UpstreamQuery> queries = [.. names.SelectMany(n => Upstream.QueriesFor(n)).Where(q => !q.IsTcp)];
        int ports = queries.Select(q => q.Source.Port).Distinct().Count();
        List<int> ids = [.. queries.Select(q => (int)q.Message.Id)];
        output.WriteLine($"{queries.Count} queries, {ports} ports, {ids.Distinct().Count()} ids");
        Assert.InRange(ports, 8, 400);
        Assert.InRange(ids.Distinct().Count(), 390, 400);
        int rising = ids.Zip(ids.Skip(1)).Count(p => p.Second > p.First);
        Assert.InRange(rising, 150, 250);
        Assert.InRange(ids.Count(i => i >= 32768), 140, 260);
    }

    [Fact]
    [Trait("Statement", "F4")]
    public async Task F4_ClientCookie_IsNeitherForwardedNorCached()
    {
        string name = NewName();
        for (byte i = 0; i < 2; i++)
        {
            byte client = i;
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name)
                .WithEdns(e => e.With(EdnsOptionCode.Cookie, client, 2, 3, 4, 5, 6, 7, 8)));
            AssertAddress("192.0.2.1", answer);
            Assert.Empty(answer.Edns!.Options);
        }

        DnsMessage sent = Assert.Single(Upstream.QueriesFor(name)).Message;
        Assert.DoesNotContain(sent.Edns?.Options ?? [], o => o.Code == EdnsOptionCode.Cookie);
    }

    [Fact]
    [Trait("Statement", "F5")]
    public async Task F5_CookieOfTheUpstream_StaysBetweenTheServers()
    {
        string name = NewName();
        Upstream.On(name, q => q.Address("192.0.2.1").WithEdns(e => e.With(EdnsOptionCode.Cookie, new byte[24])));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
            AssertAddress("192.0.2.1", answer);
            Assert.Empty(answer.Edns!.Options);
        }
    }

    [Fact]
    [Trait("Statement", "2.2 smuggling")]
    public async Task TrailingBytesOfAQuery_DoNotReachTheUpstream()
    {
        string name = NewName();
        byte[]? answer = await Client.UdpRawAsync([.. DnsMessage.Query(name).Encode(), .. new byte[100]]);
        Assert.NotNull(answer);
        Assert.All(Upstream.QueriesFor(name), q => Assert.Equal(0, q.Message.TrailingBytes));
    }

    private static byte[] Forged(UpstreamQuery query, Action<DnsMessage> change) =>
        query.Address("6.6.6.6").Change(change).Encode();

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Loop(UpstreamQuery query)
    {
        byte[] forged = Forged(query, m => m.Edns = null);
        int owner = forged.Length - 4 - 10 - DnsName.ToWire(query.Name).Length;
        return [.. forged[2..owner], (byte)(0xC0 | (owner >> 8)), (byte)owner, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 6, 6, 6, 6];
    }
}
