using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>The dnstap directive, read back with the tools of others.</summary>
public sealed class DnstapTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly FakeUpstream _upstream = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-tap-").FullName;
    private readonly List<Process> _collectors = [];
    private readonly int _port = FreePort.Next();

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        _collectors.ForEach(Kill);
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [NeedsFact(Need.Dnstap)]
    public async Task UnixSocket_Full_TellsClientAndForwarderMessagesWithTimes()
    {
        string socket = Path.Combine(_folder, "tap.sock");
        Process collector = Collect("unix.fstrm", "-u", socket);
        await using (NodeDnsProcess server = await StartAsync($"dnstap {socket} full {{\n identity node-1\n version v9\n }}"))
        {
            Assert.True(await server.WaitForOutputAsync($"dnstap: sending to {socket}"));
            await server.Client.UdpAsync("tapped.example.");
            await server.Client.UdpAsync("tapped.example.");
            await server.Client.TcpAsync("tapped.example.");
            Assert.Null(await server.Client.UdpRawAsync(
                DnsMessage.Query("no-reply.dropped.example.").Encode(), TimeSpan.FromMilliseconds(300)));
            await StopAsync(server);
        }

        string[] lines = (await Read(collector, "unix.fstrm", "dnstap-ldns", "-q", "-r")).Split('\n');
        string yaml = await Run("dnstap", "-y", "-r", Path.Combine(_folder, "unix.fstrm"));

        string[] tapped = [.. lines.Where(line => line.Contains("tapped.example", StringComparison.Ordinal))];
        Assert.Equal(3, tapped.Count(line => line.Contains(" CQ ", StringComparison.Ordinal)));
        Assert.Equal(3, tapped.Count(line => line.Contains(" CR ", StringComparison.Ordinal)));
        Assert.Single(tapped, line => line.Contains(" FQ ", StringComparison.Ordinal));
        Assert.Single(tapped, line => line.Contains(" FR ", StringComparison.Ordinal));
        Assert.Equal(2, tapped.Count(line => line.Contains(" TCP ", StringComparison.Ordinal)));
        Assert.Contains(" CQ ", Assert.Single(lines, line => line.Contains("no-reply", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("identity: \"node-1\"", yaml, StringComparison.Ordinal);
        Assert.Contains("version: \"v9\"", yaml, StringComparison.Ordinal);
        Assert.Contains("query_address: 127.0.0.1", yaml, StringComparison.Ordinal);
        Assert.Contains($"response_port: {_upstream.Port}", yaml, StringComparison.Ordinal);
        Assert.Contains(DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), yaml, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1", yaml, StringComparison.Ordinal);
    }

    [NeedsFact(Need.Dnstap)]
    public async Task TcpSocket_CollectorComesLaterAndGoesBriefly_IsConnectedAgain()
    {
        int tap = FreePort.Next();
        await using NodeDnsProcess server = await StartAsync($"dnstap tcp://127.0.0.1:{tap}");
        Assert.True(await server.WaitForOutputAsync("Connection refused; trying again"));
        await server.Client.UdpAsync("early.example.");

        Process collector = Collect("tcp.fstrm", "-a", "127.0.0.1", "-p", $"{tap}");
        Assert.True(await server.WaitForOutputAsync($"dnstap: sending to tcp://127.0.0.1:{tap}"));
        await server.Client.UdpAsync("late.example.");
        await StopAsync(server);

        string text = await Read(collector, "tcp.fstrm", "dnstap-ldns", "-y", "-r");
        Assert.True(Count(text, "type: CLIENT_QUERY") >= 2, text);
        Assert.Equal(Count(text, "type: FORWARDER_QUERY"), Count(text, "type: FORWARDER_RESPONSE"));
        Assert.DoesNotContain("query_message", text, StringComparison.Ordinal);
    }

    [NeedsTheory(Need.Dnstap)]
    [InlineData("tls")]
    [InlineData("skipverify")]
    public async Task TlsCollector_WhoseCertificateIsGood_IsToldAll(string by)
    {
        using TestAuthority authority = new();
        int tap = FreePort.Next();
        Process collector = Collect("tls.fstrm", "-a", "127.0.0.1", "-p", $"{tap}");
        await using TlsFront front = new(new IPEndPoint(IPAddress.Loopback, tap), authority.Issue("127.0.0.1"));
        string option = by == "tls" ? $"tls {authority.WritePem(_folder)}" : "skipverify";
        await using NodeDnsProcess server = await StartAsync($"dnstap tls://127.0.0.1:{front.Port} full {{\n {option}\n }}");
        Assert.True(await server.WaitForOutputAsync($"dnstap: sending to tls://127.0.0.1:{front.Port}"), server.Output);
        await server.Client.UdpAsync("secret.example.");
        await StopAsync(server);

        string text = await Read(collector, "tls.fstrm", "dnstap-ldns", "-q", "-r");
        Assert.Equal(4, text.Split('\n').Count(line => line.Contains("secret.example", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TlsCollector_WithAnotherCertificate_IsToldNothingAndDnsGoesOn()
    {
        using TestAuthority authority = new();
        await using TlsFront front = new(new IPEndPoint(IPAddress.Loopback, FreePort.Next()), authority.Issue("127.0.0.1"));
        await using NodeDnsProcess server = await StartAsync($"dnstap tls://127.0.0.1:{front.Port}");
        Assert.True(await server.WaitForOutputAsync("certificate"), server.Output);
        Assert.True(server.Output.Contains("PartialChain", StringComparison.Ordinal), server.Output);
        Assert.Contains("trying again", server.Output, StringComparison.Ordinal);
        Assert.Equal(Rcode.NoError, (await server.Client.UdpAsync("open.example.")).Rcode);
    }

    [NeedsFact(Need.Dnstap)]
    public async Task Collector_ThatSpeaksSomethingElse_IsTriedAgainUntilOneDoes()
    {
        int tap = FreePort.Next();
        NodeDnsProcess server;
        using (Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, tap));
            other.Listen();
            server = await StartAsync($"dnstap tcp://127.0.0.1:{tap}");
            using Socket connection = await other.AcceptAsync();
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            Assert.True(await server.WaitForOutputAsync("does not speak Frame Streams; trying again"), server.Output);
        }

        await using (server)
        {
            _ = Collect("late.fstrm", "-a", "127.0.0.1", "-p", $"{tap}");
            Assert.True(await server.WaitForOutputAsync($"dnstap: sending to tcp://127.0.0.1:{tap}", TimeSpan.FromSeconds(15)), server.Output);
        }
    }

    [NeedsFact(Need.Dnstap)]
    public async Task Collector_ThatNeverReads_CostsMessagesAndNothingElse()
    {
        string socket = Path.Combine(_folder, "stuck.sock");
        using Socket stuck = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        stuck.Bind(new UnixDomainSocketEndPoint(socket));
        stuck.Listen();
        await using NodeDnsProcess server = await StartAsync($"dnstap {socket} full");
        byte[] query = DnsMessage.Query("often.example.").Encode();
        await server.Client.UdpRawAsync(query, TimeSpan.FromSeconds(2));
        long before = server.ResidentBytes;

        using UdpClient client = new("127.0.0.1", _port);
        for (int i = 0; i < 40_000; i++)
        {
            await client.SendAsync(query);
        }

        string stats = "";
        for (int i = 0; i < 200 && !System.Text.RegularExpressions.Regex.IsMatch(stats, @"dnstap +\d+ sent, [1-9]\d* dropped"); i++)
        {
            stats = (await NodeDnsProcess.RunAsync("stats", "-control-socket", server.ControlSocket)).Output;
        }

        Assert.Matches(@"dnstap +0 sent, [1-9]\d* dropped", stats);
        Assert.NotNull(await server.Client.UdpRawAsync(query, TimeSpan.FromSeconds(2)));
        Assert.True(server.ResidentBytes - before < 64 << 20, $"{(server.ResidentBytes - before) >> 20} MiB more");
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private Task<NodeDnsProcess> StartAsync(string directive) => NodeDnsProcess.StartAsync(new NodeDnsOptions
    {
        Port = _port,
        Corefile = $$"""
            .:{{_port}} {
                bind 127.0.0.1
                {{directive}}
                cache
                acl dropped.example {
                    drop
                }
                forward . 127.0.0.1:{{_upstream.Port}}
            }
            """,
    });

    private static async Task StopAsync(NodeDnsProcess server)
    {
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    private Process Collect(string file, params string[] where)
    {
        Process collector = Process.Start(new ProcessStartInfo(
            "fstrm_capture", ["-t", "protobuf:dnstap.Dnstap", .. where, "-w", Path.Combine(_folder, file)])
        {
            RedirectStandardError = true,
        })!;
        _collectors.Add(collector);
        return collector;
    }

    private static void Kill(Process collector)
    {
        if (!collector.HasExited)
        {
            collector.Kill();
        }

        collector.Dispose();
    }

    /// <summary>Ends the collector, which writes its file out then, and has the file printed.</summary>
    private async Task<string> Read(Process collector, string file, params string[] printer)
    {
        await CommandResult.RunAsync("/bin/sh", ["-c", $"kill -TERM {collector.Id}"]);
        await collector.WaitForExitAsync();
        return await Run([.. printer, Path.Combine(_folder, file)]);
    }

    private static async Task<string> Run(params string[] command)
    {
        CommandResult result = await CommandResult.RunAsync(command[0], command[1..]);
        Assert.True(result.ExitCode == 0, result.All);
        return result.Output;
    }
}
