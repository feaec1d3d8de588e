using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>TCP towards clients and upstreams: T1, T2, T4 to T11. T3 is in SlowClientTests.</summary>
public sealed class TransportTests(TransportTests.Transports fixture)
    : ServerTests<TransportTests.Transports>(fixture)
{
    [Fact]
    [Trait("Statement", "T1")]
    public async Task T1_TcpWithoutUdpBefore_IsServedOnOneConnection()
    {
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        for (int i = 0; i < 3; i++)
        {
            DnsMessage query = DnsMessage.Query(NewName());
            await connection.SendAsync(query.Encode());
            DnsMessage answer = await connection.ReceiveMessageAsync();
            Assert.Equal(query.Id, answer.Id);
            AssertAddress("192.0.2.1", answer);
        }
    }

    [Fact]
    [Trait("Statement", "T2")]
    public async Task T2_HundredPipelinedQueriesOneSlow_TheOthersDoNotWait()
    {
        string slow = NewName();
        var gate = new TaskCompletionSource();
        Upstream.On(slow, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.2")).When(gate.Task));
        List<DnsMessage> queries = [DnsMessage.Query(slow), .. Enumerable.Range(0, 99).Select(_ => DnsMessage.Query(NewName()))];
        for (int i = 0; i < queries.Count; i++)
        {
            queries[i].Id = (ushort)(i + 1);
        }

        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        await connection.SendRawAsync(queries.SelectMany(q => DnsTcpConnection.Frame(q.Encode())).ToArray());
        var ids = new HashSet<ushort>();
        for (int i = 0; i < 99; i++)
        {
            DnsMessage answer = await connection.ReceiveMessageAsync();
            AssertAddress("192.0.2.1", answer);
            ids.Add(answer.Id);
        }

        Assert.Equal(99, ids.Count);
        Assert.DoesNotContain((ushort)1, ids);
        gate.SetResult();
        DnsMessage last = await connection.ReceiveMessageAsync();
        Assert.Equal((ushort)1, last.Id);
        AssertAddress("192.0.2.2", last);
    }

    [Fact]
    [Trait("Statement", "T4")]
    public async Task T4_ClientsThatLeaveBeforeTheAnswer_LeaveNothingBehind()
    {
        await Client.UdpAsync(NewName());
        int before = Server.OpenDescriptors;
        var gate = new TaskCompletionSource();
        var names = new List<string>();
        for (int i = 0; i < 50; i++)
        {
            string name = NewName();
            names.Add(name);
            Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.4")).When(gate.Task));
            using DnsTcpConnection connection = await Client.ConnectTcpAsync();
            await connection.SendAsync(DnsMessage.Query(name).Encode());
            await Upstream.WaitForAsync(name, RrType.A, 1);
            if (i % 2 == 0)
            {
                connection.Socket.LingerState = new LingerOption(true, 0);
            }
        }

        gate.SetResult();
        AssertAddress("192.0.2.4", await Client.UdpAsync(names[^1]));
        DateTime deadline = DateTime.UtcNow.AddSeconds(5);
        while (Server.OpenDescriptors > before + 10 && DateTime.UtcNow < deadline)
        {
            await Task.Delay(50);
        }

        Assert.InRange(Server.OpenDescriptors, 1, before + 10);
    }

    [Fact]
    [Trait("Statement", "T5")]
    public async Task T5_PrefixAndMessageInPieces_AreAcceptedAndTheAnswerIsOneSegment()
    {
        string name = NewName();
        await CacheAsync(name);
        byte[] framed = DnsTcpConnection.Frame(DnsMessage.Query(name).Encode());
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        for (int at = 0; at < framed.Length; at += at < 2 ? 1 : 7)
        {
            await connection.SendRawAsync(framed.AsMemory(at, Math.Min(at < 2 ? 1 : 7, framed.Length - at)));
            await Task.Delay(10);
        }

        byte[] first = (await DnsClient.ReceiveAsync(connection.Socket, DnsClient.DefaultTimeout))!;
        Assert.Equal(first.Length - 2, (first[0] << 8) | first[1]);
        AssertAddress("192.0.2.1", DnsMessage.Decode(first.AsSpan(2)));
    }

    [Fact]
    [Trait("Statement", "T6")]
    public async Task T6_KeepaliveOption_IsAnsweredOverTcpOnly()
    {
        DnsMessage overUdp = await Client.UdpAsync(Keepalive());
        Assert.Equal(Rcode.NoError, overUdp.Rcode);
        Assert.Empty(overUdp.Edns!.Options);
        DnsMessage overTcp = await Client.TcpAsync(Keepalive());
        Assert.Equal(Rcode.NoError, overTcp.Rcode);
        EdnsOption option = Assert.Single(overTcp.Edns!.Options);
        Assert.Equal((EdnsOptionCode.Keepalive, 2), (option.Code, option.Data.Length));
        Assert.InRange((option.Data[0] << 8) | option.Data[1], 1, 1200);
        DnsMessage notAsked = await Client.TcpAsync(DnsMessage.Query(NewName()).WithEdns());
        Assert.DoesNotContain(notAsked.Edns!.Options, o => o.Code == EdnsOptionCode.Keepalive && o.Data.Length != 2);
    }

    [Fact]
    [Trait("Statement", "T6")]
    public async Task T6_KeepaliveWithATimeoutFromTheClient_IsAFormErrOverTcp()
    {
        Assert.Equal(Rcode.FormErr, (await Client.TcpAsync(Keepalive(0, 100))).Rcode);
        Assert.Equal(Rcode.NoError, (await Client.UdpAsync(Keepalive(0, 100))).Rcode);
    }

    [Theory]
    [Trait("Statement", "T7")]
    [InlineData("example.", false, false)]
    [InlineData("example.", true, true)]
    [InlineData("force.test.", false, true)]
    [InlineData("force.test.", true, true)]
    [InlineData("prefer.test.", true, false)]
    public async Task T7_UpstreamTransport_FollowsTheClientAndTheOptions(string zone, bool clientTcp, bool upstreamTcp)
    {
        string name = NewName(zone);
        AssertAddress("192.0.2.1", clientTcp ? await Client.TcpAsync(name) : await Client.UdpAsync(name));
        Assert.Equal(upstreamTcp, Assert.Single(Upstream.QueriesFor(name)).IsTcp);
    }

    [Fact]
    [Trait("Statement", "T8")]
    public async Task T8_BothTransports_GiveTheSameAnswer()
    {
        string name = NewName();
        DnsMessage udp = await Client.UdpAsync(name);
        DnsMessage tcp = await Client.TcpAsync(name);
        Assert.Equal((udp.Rcode, udp.Flags, udp.Answers.Count), (tcp.Rcode, tcp.Flags, tcp.Answers.Count));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "T9")]
    public async Task T9_UpstreamConnections_AreSharedWithIdsOfTheirOwn()
    {
        List<string> names = [.. Enumerable.Range(0, 60).Select(_ => NewName("force.test."))];
        var gate = new TaskCompletionSource();
        foreach (string name in names)
        {
            Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.9")).When(gate.Task));
        }

        int before = Upstream.TcpConnections;
        Task<DnsMessage>[] answers = [.. names.Select(n => Client.UdpAsync(n))];
        foreach (string name in names)
        {
            await Upstream.WaitForAsync(name, RrType.A, 1);
        }

        IEnumerable<UpstreamQuery> queries = names.SelectMany(n => Upstream.QueriesFor(n));
        Assert.All(queries.GroupBy(q => q.Connection),
            c => Assert.Equal(c.Count(), c.Select(q => q.Message.Id).Distinct().Count()));
        gate.SetResult();
        Assert.All(await Task.WhenAll(answers), a => AssertAddress("192.0.2.9", a));
        Assert.InRange(Upstream.TcpConnections - before, 0, 4);
    }

    [Fact]
    [Trait("Statement", "T9")]
    public async Task T9_UpstreamClosesItsConnections_QueriesAreSentAgain()
    {
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName("force.test.")));
        Upstream.CloseConnections();
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName("force.test.")));
        string name = NewName("force.test.");
        Upstream.On(name, q => q.Number == 1
            ? UpstreamReply.FromDnsMessage(q.Address("192.0.2.9")).CloseAfter(9)
            : q.Address("192.0.2.9"));
        AssertAddress("192.0.2.9", await Client.UdpAsync(name));
        Assert.Equal(2, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "T9")]
    public async Task T9_UpstreamClosesAfterEveryAnswer_AllAreAnswered()
    {
        for (int i = 0; i < 10; i++)
        {
            string name = NewName("force.test.");
            Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.9")).ThenClose());
            AssertAddress("192.0.2.9", await Client.UdpAsync(name));
        }
    }

    [Fact]
    [Trait("Statement", "T9")]
    public async Task T9_ConnectionThatWentSilent_IsGivenUpForANewOne()
    {
        await Client.UdpAsync(NewName("force.test."));
        int silent = Upstream.TcpConnections;
        Upstream.Override = q => q.IsTcp && q.Connection <= silent ? UpstreamReply.Silence : null;
        try
        {
            AssertAddress("192.0.2.1", await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(NewName("force.test."))));
            AssertAddress("192.0.2.1", await Client.UdpAsync(NewName("force.test.")));
        }
        finally
        {
            Upstream.Override = null;
        }
    }

    [Fact]
    [Trait("Statement", "T9")]
    public async Task T9_TcpUpstreamThatNeverAnswers_EndsInServFail()
    {
        string name = NewName("force.test.");
        Upstream.On(name, q => UpstreamReply.Silence);
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        Assert.Contains(22, answer.ErrorCodes);
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName("force.test.")));
    }

    [Fact]
    [Trait("Statement", "T10")]
    public async Task T10_AddressesThatAreNotListed_AreNotServed()
    {
        var other = new DnsClient(new IPEndPoint(IPAddress.Parse("127.0.0.2"), Server.Port));
        string name = NewName();
        await Assert.ThrowsAsync<SocketException>(
            () => other.UdpRawAsync(DnsMessage.Query(name).Encode(), TimeSpan.FromSeconds(1)));
        await Assert.ThrowsAsync<SocketException>(() => other.ConnectTcpAsync());
        Assert.Equal(0, Upstream.Count(name));
    }

    [Theory]
    [Trait("Statement", "T11")]
    [InlineData(-4)]
    [InlineData(5)]
    public async Task T11_WrongLengthPrefix_HurtsOnlyItsOwnConnection(int difference)
    {
        byte[] message = DnsMessage.Query(NewName()).Encode();
        byte[] framed = DnsTcpConnection.Frame(message);
        framed[1] = (byte)(message.Length + difference);
        using DnsTcpConnection bad = await Client.ConnectTcpAsync();
        await bad.SendRawAsync(framed);
        AssertAddress("192.0.2.1", await Client.TcpAsync(NewName()));
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
    }

    [Fact]
    [Trait("Statement", "T11")]
    public async Task T11_TrailingGarbageInsideTheFrame_LeavesTheConnectionUsable()
    {
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        string name = NewName();
        await connection.SendAsync([.. DnsMessage.Query(name).Encode(), 1, 2, 3, 4, 5, 6, 7, 8]);
        DnsMessage first = await connection.ReceiveMessageAsync();
        Assert.Contains(first.Rcode, (int[])[Rcode.NoError, Rcode.FormErr]);
        Assert.All(Upstream.QueriesFor(name), q => Assert.Equal(0, q.Message.TrailingBytes));
        DnsMessage query = DnsMessage.Query(NewName());
        await connection.SendAsync(query.Encode());
        AssertAddress("192.0.2.1", await connection.ReceiveMessageAsync());
    }

    [Fact]
    public async Task AnswersOf64KiB_ComeWholeOverTcp()
    {
        string name = NewName();
        Upstream.On(name, RrType.Txt, q => q.Answer([.. Enumerable.Range(0, 250)
            .Select(i => DnsRecord.Txt(q.Name, i.ToString("D3", null) + new string('x', 240)))]));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.TcpAsync(name, RrType.Txt);
            Assert.Equal(250, answer.Answers.Select(r => r.Text[..3]).Distinct().Count());
        }
    }

    private static DnsMessage Keepalive(params byte[] data) =>
        DnsMessage.Query(NewName()).WithEdns(e => e.With(EdnsOptionCode.Keepalive, data));

    /// <summary>One zone per choice of upstream transport.</summary>
    public sealed class Transports : ServerFixture
    {
        public override string Corefile => Block(".") + Block("force.test", "force_tcp") + Block("prefer.test", "prefer_udp");

        private string Block(string zone, string option = "") => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}} {
                    max_fails 0
                    {{option}}
                }
                cache
            }

            """;
    }
}
