using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Identical questions at the same time share one upstream query (birthday attacks, thundering herds).</summary>
[Collection(AloneCollection.Name)]
public sealed class CoalescingTests(PatientServer fixture, ITestOutputHelper output) : ServerTests<PatientServer>(fixture)
{
    private const int UdpSockets = 30;
    private const int QueriesPerSocket = 300;
    private const int TcpConnections = 10;
    private const int QueriesPerConnection = 100;

    [Fact]
    [Trait("Statement", "2.1 birthday")]
    public async Task TenThousandIdenticalMisses_MakeOneUpstreamQueryAndAreAllAnswered()
    {
        string name = NewName();
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.8")).When(gate.Task));
        byte[] query = DnsMessage.Query(name).Encode();
        List<Socket> sockets = [.. Enumerable.Range(0, UdpSockets).Select(_ => Client.ConnectUdp())];
        var connections = new List<DnsTcpConnection>();
        for (int i = 0; i < TcpConnections; i++)
        {
            connections.Add(await Client.ConnectTcpAsync());
        }

        Task<int>[] udp = [.. sockets.Select(CountUdpAsync)];
        long began = Stopwatch.GetTimestamp();
        foreach (DnsTcpConnection connection in connections)
        {
            byte[] frame = DnsTcpConnection.Frame(query);
            await connection.SendRawAsync(Enumerable.Repeat(frame, QueriesPerConnection).SelectMany(f => f).ToArray());
        }

        for (int i = 0; i < QueriesPerSocket; i++)
        {
            foreach (Socket socket in sockets)
            {
                await socket.SendAsync(query);
            }

            // Lets the server drain its socket: a packet the kernel drops is no test of coalescing.
            await Task.Delay(1);
        }

        TimeSpan sending = Stopwatch.GetElapsedTime(began);
        await Task.Delay(50);
        int upstreamQueries = Upstream.Count(name);
        gate.SetResult();
        int overTcp = 0;
        foreach (DnsTcpConnection connection in connections)
        {
            for (int i = 0; i < QueriesPerConnection; i++)
            {
                overTcp += (await connection.ReceiveMessageAsync()).Answers.Count;
            }
        }

        int overUdp = (await Task.WhenAll(udp)).Sum();
        output.WriteLine($"sent in {sending.TotalMilliseconds:F0} ms; answered {overUdp} over UDP, {overTcp} over TCP");
        sockets.ForEach(s => s.Dispose());
        connections.ForEach(c => c.Dispose());
        Assert.Equal(TcpConnections * QueriesPerConnection, overTcp);
        Assert.Equal(UdpSockets * QueriesPerSocket, overUdp);
        Assert.Equal(1, upstreamQueries);
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "2.1 birthday")]
    public async Task VariantsInCaseOptionsAndSubnets_DoNotMultiplyUpstreamQueries()
    {
        string name = NewName("variants.example.");
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.8")).When(gate.Task));
        var random = new Random(5);
        List<DnsMessage> variants = [];
        for (int i = 0; i < 256; i++)
        {
            string cased = string.Concat(name.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : c));
            byte net = (byte)i;
            variants.Add(DnsMessage.Query(cased).WithEdns(e => e
                .With(EdnsOptionCode.ClientSubnet, 0, 1, 24, 0, 10, net, 1)
                .With((ushort)(65001 + (i % 16)), net)
                .With(EdnsOptionCode.Cookie, net, 1, 2, 3, 4, 5, 6, 7)).With(i % 2 == 0 ? HeaderBits.AuthenticData : (ushort)0));
        }

        Task<DnsMessage>[] answers = [.. variants.Select(v => Client.UdpAsync(v))];
        await Upstream.WaitForAsync(name, RrType.A, 1);
        await Task.Delay(200);
        gate.SetResult();
        DnsMessage[] all = await Task.WhenAll(answers);
        Assert.All(all, a => AssertAddress("192.0.2.8", a));
        Assert.Equal(variants.Select(v => v.Question.Name), all.Select(a => a.Question.Name));
        Assert.Equal(1, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "2.1 birthday")]
    public async Task DoAndCdVariants_MakeAtMostFourUpstreamQueries()
    {
        string name = NewName();
        var gate = new TaskCompletionSource();
        Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.8")).When(gate.Task));
        Task<DnsMessage>[] answers = [.. Enumerable.Range(0, 100).Select(i => Client.UdpAsync(DnsMessage.Query(name)
            .WithEdns(e => e.DnssecOk = (i & 1) != 0)
            .With((i & 2) != 0 ? HeaderBits.CheckingDisabled : (ushort)0)))];
        await Upstream.WaitForAsync(name, RrType.A, 1);
        await Task.Delay(200);
        gate.SetResult();
        Assert.All(await Task.WhenAll(answers), a => AssertAddress("192.0.2.8", a));
        Assert.InRange(Upstream.Count(name), 1, 4);
    }

    [Fact]
    public async Task OneSilentName_OthersAreNotHeldUp()
    {
        string silent = NewName();
        Upstream.On(silent, q => UpstreamReply.Silence);
        Task<DnsMessage>[] waiting = [.. Enumerable.Range(0, 50).Select(_ => Client.UdpAsync(silent))];
        for (int i = 0; i < 20; i++)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(DnsMessage.Query(NewName()), TimeSpan.FromSeconds(1)));
        }

        await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(silent));
        Assert.All(await Task.WhenAll(waiting), a => Assert.Equal(Rcode.ServFail, a.Rcode));
    }

    private static async Task<int> CountUdpAsync(Socket socket)
    {
        socket.ReceiveBufferSize = 4 << 20;
        int answers = 0;
        while (answers < QueriesPerSocket &&
            await DnsClient.ReceiveAsync(socket, TimeSpan.FromSeconds(6)) is { } bytes)
        {
            answers += DnsMessage.Decode(bytes).Answers.Count;
        }

        return answers;
    }
}
