using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>HTTP clients that mean harm: memory stays flat and DNS is answered all the while.</summary>
[Trait("Statement", "2.2 admin")]
public sealed class AdminAttackTests(MetricsServer fixture) : ServerTests<MetricsServer>(fixture)
{
    [Fact]
    public async Task GigabytePost_IsRefusedWithoutBeingRead()
    {
        await Fixture.MetricsAsync();
        long before = Server.ResidentBytes;
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, Fixture.MetricsPort);
        await client.SendAsync(Encoding.ASCII.GetBytes("POST /metrics HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n"));
        byte[] chunk = new byte[1 << 20];
        int sent = 0;
        try
        {
            for (; sent < 1024; sent++)
            {
                await client.SendAsync(chunk);
            }
        }
        catch (SocketException)
        {
            // Cut off, as it should be.
        }

        Assert.InRange(sent, 0, 64);
        Assert.InRange(Server.ResidentBytes - before, long.MinValue, 8 << 20);
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
    }

    [Fact]
    public async Task Methods_OtherThanGet_Get405AndUnknownPaths404()
    {
        Assert.StartsWith("HTTP/1.1 405 ", await Exchange("DELETE /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await Exchange("GET /../../etc/passwd HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await Exchange("\0\xff\x1b[2J\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakenPort_IsOneLineAndDnsIsServed()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        string taken = other.LocalEndPoint!.ToString()!;
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $".:{port} {{\n    bind 127.0.0.1\n    whoami\n    health {taken}\n}}\n",
        });

        Assert.Equal(Rcode.NoError, (await server.Client.UdpAsync("a.example.")).Rcode);
        string line = $"[ERROR] cannot listen on {taken} for /health: the port is already in use; serving DNS without it, trying again";
        Assert.True(await server.WaitForOutputAsync(line));
        Assert.Equal(1, server.Output.Split(line).Length - 1);

        other.Dispose();
        Assert.True(await server.WaitForOutputAsync($"{taken} for /health is ours now"));
    }

    private async Task<string> Exchange(string request)
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, Fixture.MetricsPort);
        await client.SendAsync(Encoding.Latin1.GetBytes(request));
        using StreamReader reader = new(new NetworkStream(client), Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }
}
