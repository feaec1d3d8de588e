using System.Net;
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
