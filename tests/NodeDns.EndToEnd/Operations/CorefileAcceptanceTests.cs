using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>Corefiles of real clusters are accepted as they are and serve; the broken one is refused with a hint.</summary>
public sealed class CorefileAcceptanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-corefile-").FullName;

    public static TheoryData<string, string> GoodFiles => new()
    {
        { "homelab-lan", ReferenceCorefiles.HomelabLan },
        { "homelab-root", ReferenceCorefiles.HomelabRoot },
        { "nodelocaldns", ReferenceCorefiles.NodeLocalDns },
    };

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public async Task CheckConfig_ReferenceCorefile_IsAccepted(string file, string text)
    {
        CommandResult result = await CheckAsync(text);
        Assert.True(result.ExitCode == 0, $"{file}: {result.All}");
    }

    [Fact]
    [Trait("Drill", "bad Corefile rollout")]
    public async Task CheckConfig_BrokenCorefile_IsRefusedWithLineColumnAndHint()
    {
        CommandResult result = await CheckAsync(ReferenceCorefiles.Broken);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"Corefile:7:\d+: cache: .*did you mean .serve_stale 86400s.\?", result.All);
    }

    [Fact]
    public async Task Start_BrokenCorefile_ExitsWithOneBeforeAnythingElse()
    {
        CommandResult result = await NodeDnsProcess.RunAsync("-conf", await WriteAsync(ReferenceCorefiles.Broken),
            "-control-socket", Path.Combine(_folder, "control.sock"));
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"Corefile:7:\d+:", result.All);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HomelabLan_Serves_JunkIsDeniedAndTheRestForwarded()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = Ported(ReferenceCorefiles.HomelabLan, port, ("10.96.0.53", $"127.0.0.1:{upstream.Port}")),
        });
        DnsMessage junk = await server.Client.UdpAsync("www.google.com.viktorbarzin.lan.");
        Assert.Equal(Rcode.NxDomain, junk.Rcode);
        DnsRecord soa = Assert.Single(junk.Authority);
        Assert.Equal(("viktorbarzin.lan.", RrType.Soa), (soa.Name, soa.Type));
        Assert.Equal(0, upstream.Count("www.google.com.viktorbarzin.lan."));
        Assert.Equal("192.0.2.1", (await server.Client.UdpAsync("nas.viktorbarzin.lan.")).Answers[0].Address);
        Assert.Equal(Rcode.Refused, (await server.Client.UdpAsync("www.example.")).Rcode);
    }

    [Fact]
    public async Task HomelabRoot_Serves_WithItsEndpoints()
    {
        await using var first = new FakeUpstream();
        await using var second = new FakeUpstream();
        int port = FreePort.Next();
        int health = FreePort.Next();
        int ready = FreePort.Next();
        int metrics = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = Ported(ReferenceCorefiles.HomelabRoot, port,
                ("10.0.20.1 8.8.8.8 1.1.1.1", $"127.0.0.1:{first.Port} 127.0.0.1:{second.Port}"),
                ("    health\n", $"    health 127.0.0.1:{health}\n"),
                ("    ready\n", $"    ready 127.0.0.1:{ready}\n"),
                (":9153", $"127.0.0.1:{metrics}")),
        });
        Assert.Equal("192.0.2.1", (await server.Client.UdpAsync("www.example.")).Answers[0].Address);
        Assert.Equal((1, 0), (first.Count("www.example."), second.Count("www.example.")));
        using var http = new HttpClient();
        Assert.Equal("OK", await http.GetStringAsync(new Uri($"http://127.0.0.1:{health}/health")));
        Assert.Equal("OK", await http.GetStringAsync(new Uri($"http://127.0.0.1:{ready}/ready")));
        Assert.Contains("coredns_", await http.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/metrics")),
            StringComparison.Ordinal);
    }

    [NeedsFact(Need.Root)]
    public async Task NodeLocalDns_Serves_FromFlagsAndEnvironment()
    {
        // The cluster's resolver is named without a port, so it has to sit on 53 of some loopback address.
        await using var cluster = new FakeUpstream(IPAddress.Parse("127.53.7.1"), 53);
        await using var outside = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = Ported(ReferenceCorefiles.NodeLocalDns, port,
                ("__PILLAR__UPSTREAM__SERVERS__", $"127.0.0.1:{outside.Port}"),
                (":9253", $"127.0.0.1:{FreePort.Next()}"),
                (":8080", $":{FreePort.Next()}")),
            Arguments = ["-localip", "127.0.0.1", "-upstreamsvc", "kube-dns-upstream",
                "-setupinterface=false", "-setupiptables=false"],
            Environment = new Dictionary<string, string> { ["KUBE_DNS_UPSTREAM_SERVICE_HOST"] = "127.53.7.1" },
        });
        foreach (string name in (string[])["api.default.svc.cluster.local.", "1.0.0.127.in-addr.arpa.", "8.b.d.ip6.arpa."])
        {
            await server.Client.UdpAsync(name);
            Assert.True(Assert.Single(cluster.QueriesFor(name)).IsTcp);
        }

        DnsMessage answer = await server.Client.UdpAsync("www.example.");
        Assert.Equal("192.0.2.1", answer.Answers[0].Address);
        Assert.InRange(answer.Answers[0].Ttl, 29u, 30u);
        Assert.Equal((0, 1), (cluster.Count("www.example."), outside.Count("www.example.")));
    }

    [Fact]
    public async Task DnsPortFlag_AppliesToZonesWithoutAPort()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $". {{\n    bind 127.0.0.1\n    forward . 127.0.0.1:{upstream.Port}\n}}\n",
            Arguments = ["-dns.port", $"{port}"],
        });
        Assert.Equal("192.0.2.1", (await server.Client.UdpAsync("www.example.")).Answers[0].Address);
    }

    [Fact]
    public async Task ErrorLines_OfEveryDirective_AreAllReportedAtOnceWithLineAndColumn()
    {
        (string text, List<(int Line, string Text)> bad) = ErrorLines.Corefile();
        CommandResult result = await CheckAsync(text);
        Assert.Equal(1, result.ExitCode);
        List<string> missed = [];
        foreach ((int line, string wrong) in bad)
        {
            // A mistake that two options make together is reported at the head of their block.
            if (!Regex.IsMatch(result.All, $@"Corefile:({line}|{line - 1}):\d+: "))
            {
                missed.Add($"{line}: {wrong}");
            }
        }

        Assert.True(missed.Count == 0, $"accepted:\n{string.Join('\n', missed)}\nreported:\n{result.All}");
    }

    [Fact]
    public async Task GoodLines_OfEveryDirective_AreAccepted()
    {
        CommandResult result = await CheckAsync(ErrorLines.GoodCorefile());
        Assert.True(result.ExitCode == 0, result.All);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Ported(string text, int port, params (string Old, string New)[] replacements)
    {
        text = text.Replace(":53 {", $":{port} {{", StringComparison.Ordinal);
        foreach ((string old, string @new) in replacements)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, @new, StringComparison.Ordinal);
        }

        return text;
    }

    private async Task<string> WriteAsync(string text)
    {
        string path = Path.Combine(_folder, "Corefile");
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private async Task<CommandResult> CheckAsync(string text)
    {
        string path = await WriteAsync(text);
        return await CommandResult.RunAsync(RepositoryRoot.Binary, ["check-config", path], change: s =>
        {
            s.Environment["DOTNET_ROOT"] = RepositoryRoot.DotnetRoot;
            s.Environment["KUBE_DNS_SERVICE_HOST"] = "10.96.0.53";
        });
    }
}
