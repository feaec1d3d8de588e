using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>DNS over TLS and HTTPS with servers that are not of this project: Debian's unbound and dnsdist.</summary>
public sealed class EncryptedPeerTests(EncryptedFixture fixture) : IClassFixture<EncryptedFixture>
{
    private const int Names = 200;

    [NeedsFact(Need.Unbound)]
    public async Task Unbound_OverTls_AnswersAll()
    {
        await using Peer peer = await StartUnboundAsync();
        await using OneServer one = await StartAsync($"tls://127.0.0.1:{peer.TlsPort}");
        await AssertAnswersAsync(one);
        Assert.InRange(await one.MetricAsync("coredns_proxy_conn_cache_misses_total", "tcp-tls"), 1, 8);
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_errors_total"));
    }

    [NeedsFact(Need.Unbound)]
    public async Task Unbound_OverTlsBigAnswer_ComesWhole()
    {
        await using Peer peer = await StartUnboundAsync();
        await using OneServer one = await StartAsync($"tls://127.0.0.1:{peer.TlsPort}");
        DnsMessage big = await one.Client.TcpAsync("big.peer.test.", RrType.Txt);
        Assert.Equal(40, big.Answers.Count);
    }

    [NeedsFact(Need.Unbound)]
    public async Task Unbound_StartedAgain_IsAskedAgain()
    {
        Peer peer = await StartUnboundAsync();
        await using OneServer one = await StartAsync($"tls://127.0.0.1:{peer.TlsPort}");
        Assert.Equal(Rcode.NoError, (await one.AskAsync("first.peer.test.")).Rcode);
        await peer.DisposeAsync();
        Assert.Equal(Rcode.ServFail, (await one.AskAsync("while-down.peer.test.")).Rcode);
        await using Peer again = await StartUnboundAsync(peer);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; (await one.AskAsync($"again{i}.peer.test.")).Rcode != Rcode.NoError; i++)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), one.Server.Output);
            await Task.Delay(100);
        }
    }

    [NeedsFact(Need.Unbound)]
    public async Task Unbound_OverHttpsWithPost_AnswersAll()
    {
        await using Peer peer = await StartUnboundAsync();
        await using OneServer one = await StartAsync($"https://127.0.0.1:{peer.HttpsPort}");
        await AssertAnswersAsync(one);
    }

    [NeedsFact(Need.Unbound)]
    public async Task Unbound_OverHttpsWithGet_AnswersAll()
    {
        await using Peer peer = await StartUnboundAsync();
        await using OneServer one = await StartAsync($"https://127.0.0.1:{peer.HttpsPort}", "doh_method GET");
        await AssertAnswersAsync(one);
    }

    [NeedsFact(Need.Dnsdist)]
    public async Task Dnsdist_OverTls_AnswersAll()
    {
        int port = FreePort.Next();
        (string certificate, string key) = fixture.Authority.WriteIssued(fixture.Folder, "127.0.0.1");
        string config = Path.Combine(fixture.Folder, $"dnsdist-{port}.conf");
        await File.WriteAllTextAsync(config, $$"""
            setLocal("127.0.0.1:{{FreePort.Next()}}")
            addAction(AllRule(), SpoofAction("192.0.2.1"))
            addTLSLocal("127.0.0.1:{{port}}", "{{certificate}}", "{{key}}")
            """);
        await using Peer peer = await Peer.StartAsync("dnsdist", ["--supervised", "--disable-syslog", "-C", config], port, 0);
        await using OneServer one = await StartAsync($"tls://127.0.0.1:{port}");
        await AssertAnswersAsync(one);
    }

    private static async Task AssertAnswersAsync(OneServer one)
    {
        // One first: the others then share the connection that it opened.
        Assert.Equal(Rcode.NoError, (await one.AskAsync("first.peer.test.")).Rcode);
        DnsMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, Names).Select(i => one.AskAsync($"n{i}.peer.test.")));
        Assert.All(answers, answer => Assert.Equal((Rcode.NoError, 1), (answer.Rcode, answer.Answers.Count)));
        Assert.Equal(Enumerable.Range(0, Names).Select(i => $"n{i}.peer.test."), answers.Select(answer => answer.Answers[0].Name));
    }

    private Task<OneServer> StartAsync(string forward, string option = "") =>
        OneServer.StartAsync(forward, $"tls {fixture.AuthorityFile}\n{option}");

    /// <summary>With one wildcard address and one large answer of its own; it asks nobody.</summary>
    private async Task<Peer> StartUnboundAsync(Peer? atPortsOf = null)
    {
        int tls = atPortsOf?.TlsPort ?? FreePort.Next();
        int https = atPortsOf?.HttpsPort ?? FreePort.Next();
        (string certificate, string key) = fixture.Authority.WriteIssued(fixture.Folder, "127.0.0.1");
        string config = Path.Combine(fixture.Folder, $"unbound-{tls}-{Path.GetFileName(certificate)}.conf");
        string big = string.Join('\n', Enumerable.Range(0, 40).Select(i =>
            $"    local-data: 'big.peer.test. 300 IN TXT \"{i}-{new string('x', 200)}\"'"));
        await File.WriteAllTextAsync(config, $"""
            server:
                interface: 127.0.0.1@{tls}
                interface: 127.0.0.1@{https}
                tls-port: {tls}
                https-port: {https}
                tls-service-pem: "{certificate}"
                tls-service-key: "{key}"
                username: ""
                chroot: ""
                pidfile: ""
                directory: "{fixture.Folder}"
                use-syslog: no
                local-zone: "peer.test." redirect
                local-data: "peer.test. 300 IN A 192.0.2.1"
                local-zone: "big.peer.test." static
            {big}
            remote-control:
                control-enable: no
            """);
        return await Peer.StartAsync("unbound", ["-d", "-p", "-c", config], tls, https);
    }

    /// <summary>A running server of somebody else.</summary>
    private sealed class Peer(Process process, int tlsPort, int httpsPort) : IAsyncDisposable
    {
        public int TlsPort { get; } = tlsPort;

        public int HttpsPort { get; } = httpsPort;

        public static async Task<Peer> StartAsync(string program, string[] arguments, int tlsPort, int httpsPort)
        {
            Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            process.BeginOutputReadLine();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            long began = Stopwatch.GetTimestamp();
            while (!await AcceptsAsync(tlsPort))
            {
                Assert.False(process.HasExited, process.HasExited ? await errors : "");
                Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), $"{program} does not listen");
                await Task.Delay(20);
            }

            return new Peer(process, tlsPort, httpsPort);
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        private static async Task<bool> AcceptsAsync(int port)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
