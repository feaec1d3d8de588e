using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Operations;

/// <summary>A new Corefile in a running server: nothing is lost, a bad one changes nothing.</summary>
[Collection(AloneCollection.Name)]
public sealed class ReloadTests(PlainServer fixture, ITestOutputHelper output) : ServerTests<PlainServer>(fixture)
{
    [Theory]
    [InlineData("HUP")]
    [InlineData("USR1")]
    public async Task Signal_NewCorefile_IsServedAndTheCacheKept(string signal)
    {
        string cached = NewName();
        await CacheAsync(cached);
        string denied = NewName("denied.test.");
        await Server.WriteCorefileAsync(Fixture.Corefile + Denying("denied.test"));
        await Server.SignalAsync(signal);
        await Fixture.AskUntilAsync(() => DnsMessage.Query(denied), m => m.Rcode == Rcode.NxDomain);
        AssertAddress("192.0.2.1", await Client.UdpAsync(cached));
        Assert.Equal(1, Upstream.Count(cached));
        await RestoreAsync();
    }

    [Fact]
    [Trait("Drill", "bad Corefile rollout")]
    public async Task Signal_BadCorefile_KeepsTheOldAndLogsWhy()
    {
        string cached = NewName();
        await CacheAsync(cached);
        await Server.WriteCorefileAsync(Fixture.Corefile.Replace("cache", "cashe", StringComparison.Ordinal));
        await Server.SignalAsync("HUP");
        Assert.True(await Server.WaitForOutputAsync("cashe"), Server.Output);
        Assert.Matches(@"Corefile:\d+:\d+: ", Server.Output);
        AssertAddress("192.0.2.1", await Client.UdpAsync(cached));
        Assert.Equal(1, Upstream.Count(cached));
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
        AssertAddress("192.0.2.1", await Client.TcpAsync(NewName()));
        Assert.True(Server.IsAlive);
        await RestoreAsync();
    }

    [Fact]
    public async Task TwentyReloadsUnderLoad_LoseNoQuery()
    {
        string cached = NewName();
        await CacheAsync(cached);
        using var stop = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(i => AskOnAsync(cached, overTcp: i == 3, stop.Token))];
        for (int i = 0; i < 20; i++)
        {
            await Server.WriteCorefileAsync(Fixture.Corefile + (i % 2 == 0 ? Denying($"zone{i}.test") : string.Empty));
            await Server.SignalAsync(i % 3 == 0 ? "USR1" : "HUP");
            await Task.Delay(100);
        }

        await stop.CancelAsync();
        int asked = (await Task.WhenAll(clients)).Sum();
        output.WriteLine($"{asked} queries during 20 reloads");
        Assert.True(asked > 500);
        Assert.Equal(1, Upstream.Count(cached));
        await RestoreAsync();
    }

    [Fact]
    public async Task TcpConnection_SurvivesAReload()
    {
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        await connection.SendAsync(DnsMessage.Query(NewName()).Encode());
        AssertAddress("192.0.2.1", await connection.ReceiveMessageAsync());
        string denied = NewName("tcp.test.");
        await Server.WriteCorefileAsync(Fixture.Corefile + Denying("tcp.test"));
        await Server.SignalAsync("HUP");
        await Fixture.AskUntilAsync(() => DnsMessage.Query(denied), m => m.Rcode == Rcode.NxDomain);
        await connection.SendAsync(DnsMessage.Query(denied).Encode());
        Assert.Equal(Rcode.NxDomain, (await connection.ReceiveMessageAsync()).Rcode);
        await RestoreAsync();
    }

    [Fact]
    public async Task NewListener_InTheNewCorefile_IsServed()
    {
        int port = FreePort.Next();
        await Server.WriteCorefileAsync(
            $"{Fixture.Corefile}\n.:{port} {{\n bind 127.0.0.1\n forward . {Fixture.UpstreamAddress}\n}}\n");
        await Server.SignalAsync("HUP");
        var client = new DnsClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        DnsMessage? answer = null;
        for (int i = 0; i < 50 && answer is null; i++)
        {
            try
            {
                answer = await client.UdpAsync(DnsMessage.Query(NewName()), TimeSpan.FromSeconds(1));
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(50);
            }
        }

        AssertAddress("192.0.2.1", answer!);
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
        await RestoreAsync();
    }

    private string Denying(string zone) => $$"""

        {{zone}}:{{Fixture.Port}} {
            bind 127.0.0.1
            deny {{zone}}
            forward . {{Fixture.UpstreamAddress}}
        }

        """;

    private async Task RestoreAsync()
    {
        await Server.WriteCorefileAsync(Fixture.Corefile);
        await Server.SignalAsync("HUP");
        await Task.Delay(200);
    }

    private async Task<int> AskOnAsync(string cached, bool overTcp, CancellationToken stop)
    {
        int asked = 0;
        while (!stop.IsCancellationRequested)
        {
            DnsMessage query = DnsMessage.Query(asked % 2 == 0 ? cached : NewName());
            AssertAddress("192.0.2.1", overTcp
                ? await Client.TcpAsync(query, TimeSpan.FromSeconds(3))
                : await Client.UdpAsync(query, TimeSpan.FromSeconds(3)));
            asked++;
        }

        return asked;
    }
}

/// <summary>The reload directive: changes of the file are seen without a signal.</summary>
public sealed class ReloadDirectiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-reload-").FullName;

    [Fact]
    public async Task FileChanges_AreSeen_CommentsAreNot()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        string corefile = Corefile(port, upstream);
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(
            new NodeDnsOptions { Port = port, Corefile = corefile });
        await server.WriteCorefileAsync(corefile + Denied(port, upstream));
        await AssertDeniedSoonAsync(server);
    }

    [Fact]
    public async Task ConfigMapSymlinkSwap_IsSeen()
    {
        await using var upstream = new FakeUpstream();
        int port = FreePort.Next();
        string corefile = Corefile(port, upstream);
        foreach ((string version, string text) in (IEnumerable<(string, string)>)
            [("..v1", corefile), ("..v2", corefile + Denied(port, upstream))])
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
            await File.WriteAllTextAsync(Path.Combine(_folder, version, "Corefile"), text);
        }

        string data = Path.Combine(_folder, "..data");
        File.CreateSymbolicLink(data, "..v1");
        File.CreateSymbolicLink(Path.Combine(_folder, "Corefile"), Path.Combine("..data", "Corefile"));
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = corefile,
            CorefilePath = Path.Combine(_folder, "Corefile"),
        });
        File.CreateSymbolicLink(data + "_tmp", "..v2");
        // As the kubelet does it: the link is replaced in one step. File.Move follows links to folders, mv -T does not.
        await CommandResult.RunAsync("mv", ["-T", data + "_tmp", data]);
        await AssertDeniedSoonAsync(server);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Corefile(int port, FakeUpstream upstream) =>
        $".:{port} {{\n    bind 127.0.0.1\n    reload 2s 1s\n    forward . 127.0.0.1:{upstream.Port}\n}}\n";

    private static string Denied(int port, FakeUpstream upstream) =>
        $"no.test:{port} {{\n    bind 127.0.0.1\n    deny no.test\n    forward . 127.0.0.1:{upstream.Port}\n}}\n";

    private static async Task AssertDeniedSoonAsync(NodeDnsProcess server)
    {
        for (int i = 0; i < 10; i++)
        {
            await server.AdvanceClockAsync(3);
            await Task.Delay(100);
            if ((await server.Client.UdpAsync("a.no.test.")).Rcode == Rcode.NxDomain)
            {
                return;
            }
        }

        Assert.Fail($"the change was not seen:\n{server.Output}");
    }
}
