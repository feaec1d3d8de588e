using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>Where the server listens and from where it answers.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task WithoutBind_AnswersComeFromTheAddressAsked()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await StartAsync(port, $".:{port} {{\n forward . 127.0.0.1:{upstream.Port}\n}}\n");
        foreach (string address in (string[])["127.0.0.1", "127.0.0.2", "127.9.8.7"])
        {
            // The client's UDP socket is connected: an answer from another address would never arrive.
            var client = new DnsClient(new IPEndPoint(IPAddress.Parse(address), port));
            Assert.Single((await client.UdpAsync(ServerFixture.NewName())).Answers);
            Assert.Single((await client.TcpAsync(ServerFixture.NewName())).Answers);
        }
    }

    [NeedsFact(Need.Ipv6)]
    public async Task WithoutBind_IsServedOverIpv6Too()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await StartAsync(port, $".:{port} {{\n forward . 127.0.0.1:{upstream.Port}\n}}\n");
        await AssertServedAsync(new IPEndPoint(IPAddress.IPv6Loopback, port));
    }

    [NeedsFact(Need.Ipv6)]
    public async Task BindToIpv6_WithIpv6Upstream_IsServed()
    {
        await using var upstream = new FakeUpstream(IPAddress.IPv6Loopback);
        int port = FreePort.Next();
        await using NodeDnsProcess server = await StartAsync(
            port, $".:{port} {{\n bind ::1\n forward . [::1]:{upstream.Port}\n}}\n", IPAddress.IPv6Loopback);
        await AssertServedAsync(new IPEndPoint(IPAddress.IPv6Loopback, port));
    }

    [Fact]
    public async Task SeveralAddresses_AreAllServed()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await StartAsync(
            port, $".:{port} {{\n bind 127.0.0.1 127.0.0.3\n forward . 127.0.0.1:{upstream.Port}\n}}\n");
        await AssertServedAsync(new IPEndPoint(IPAddress.Loopback, port));
        await AssertServedAsync(new IPEndPoint(IPAddress.Parse("127.0.0.3"), port));
    }

    [NeedsFact(Need.Root)]
    public async Task DroppedByAReload_WhatCameBeforeIsStillAnswered()
    {
        const int Queries = 6000;
        int port = FreePort.Next();
        string slow = string.Join('|', Enumerable.Range(0, 60).Select(i => $"(a+b*c?)+x{i}[.]"));
        string Corefile(string bind) => $$"""
            .:{{port}} {
                bind {{bind}}
                template IN A . {
                    match ({{slow}}|^)
                    answer "{{"{{ .Name }}"}} 60 IN A 192.0.2.1"
                }
            }
            """;
        await using NodeDnsProcess server = await StartAsync(port, Corefile("127.0.0.1 127.0.0.3"));
        using Socket client = new DnsClient(new IPEndPoint(IPAddress.Parse("127.0.0.3"), port)).ConnectUdp();

        // SO_RCVBUFFORCE: all the answers have to wait in this socket.
        client.SetRawSocketOption(1, 33, BitConverter.GetBytes(16 << 20));
        await server.SignalAsync("STOP");
        byte[] query = DnsMessage.Query("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbb.ccccccccccccccccccccccc.example.").Encode();
        for (int i = 0; i < Queries; i++)
        {
            await client.SendAsync(query);
        }

        await server.WriteCorefileAsync(Corefile("127.0.0.1"));
        await server.SignalAsync("HUP");
        await server.SignalAsync("CONT");
        int answered = 0;
        while (answered < Queries && await DnsClient.ReceiveAsync(client, TimeSpan.FromSeconds(3)) is not null)
        {
            answered++;
        }

        Assert.Equal(Queries, answered);
        Assert.True(await server.WaitForOutputAsync("reload"), server.Output);
    }

    [Fact]
    public async Task Terminated_EndsWithZeroAndFreesItsPort()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        string corefile = $".:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{upstream.Port}\n}}\n";
        await using (NodeDnsProcess server = await StartAsync(port, corefile))
        {
            await server.SignalAsync("TERM");
            Assert.Equal(0, await server.WaitForExitAsync());
        }

        await using NodeDnsProcess next = await StartAsync(port, corefile);
        await AssertServedAsync(new IPEndPoint(IPAddress.Loopback, port));
    }

    private static async Task AssertServedAsync(IPEndPoint address)
    {
        var client = new DnsClient(address);
        Assert.Single((await client.UdpAsync(ServerFixture.NewName())).Answers);
        Assert.Single((await client.TcpAsync(ServerFixture.NewName())).Answers);
    }

    private static Task<NodeDnsProcess> StartAsync(int port, string corefile, IPAddress? address = null) =>
        NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = corefile,
            Address = address ?? IPAddress.Loopback,
        });
}
