using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>Upstreams that are given by name or by resolv.conf, and that move while the server runs.</summary>
public sealed class DiscoveryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodedns-discovery-").FullName;

    [Fact]
    public async Task Name_IsFollowedByItsTtl()
    {
        await using FakeUpstream resolver = new();
        int port = FreePort.Next();
        await using FakeUpstream before = new(IPAddress.Parse("127.0.0.2"), port) { Otherwise = q => q.Address("192.0.2.2") };
        await using FakeUpstream after = new(IPAddress.Parse("127.0.0.3"), port) { Otherwise = q => q.Address("192.0.2.3") };
        string address = "127.0.0.2";
        resolver.On("dns.test.", RrType.A, q => q.Address(address, 10));
        resolver.On("dns.test.", RrType.Aaaa, q => q.NoData());
        await using OneServer one = await OneServer.StartAsync($"dns.test:{port}", $"resolver 127.0.0.1:{resolver.Port}");
        Assert.Equal("192.0.2.2", (await one.AskAsync()).Answers[0].Address);

        // The same address again is no change, and sooner than its TTL says it is not asked for.
        await one.Server.AdvanceClockAsync(11);
        await resolver.WaitForAsync("dns.test.", RrType.A, 2);
        address = "127.0.0.3";
        await one.Server.AdvanceClockAsync(5);
        Assert.Equal("192.0.2.2", (await one.AskAsync()).Answers[0].Address);
        await one.Server.AdvanceClockAsync(6);
        await UntilAsync(one, "192.0.2.3");
        Assert.Contains("dns.test is 127.0.0.3 now", one.Server.Output, StringComparison.Ordinal);

        // Who cannot resolve it any more goes on with what is known.
        resolver.Override = _ => UpstreamReply.Silence;
        await one.Server.AdvanceClockAsync(11);
        Assert.True(await one.Server.WaitForOutputAsync("dns.test cannot be resolved now"), one.Server.Output);
        Assert.Equal("192.0.2.3", (await one.AskAsync()).Answers[0].Address);
    }

    [Fact]
    public async Task NameThatCannotBeResolvedYet_ServFailNotReadyUntilItCan()
    {
        await using FakeUpstream resolver = new() { Override = _ => UpstreamReply.Silence };
        await using FakeUpstream upstream = new();
        await using OneServer one = await OneServer.StartAsync(
            $"dns.test:{upstream.Port}", $"resolver 127.0.0.1:{resolver.Port}");
        await one.AssertFailsAsync(14, "");
        resolver.On("dns.test.", RrType.A, q => q.Address("127.0.0.1"));
        resolver.Override = null;
        await one.Server.AdvanceClockAsync(6);
        await UntilAsync(one, "192.0.2.1");
    }

    [Fact]
    public async Task NameThatDoesNotExist_EndsWithALineThatNamesIt()
    {
        await using FakeUpstream resolver = new() { Otherwise = q => q.NxDomain() };
        string corefile = Path.Combine(_folder, "Corefile");
        await File.WriteAllTextAsync(corefile,
            $".:{FreePort.Next()} {{\n bind 127.0.0.1\n forward . nobody.test {{\n  resolver 127.0.0.1:{resolver.Port}\n }}\n}}\n");
        foreach (string[] command in new string[][] { ["check-config", corefile], ["-conf", corefile, "-control-socket", Path.Combine(_folder, "c")] })
        {
            CommandResult result = await NodeDnsProcess.RunAsync(command);
            Assert.Equal(1, result.ExitCode);
            Assert.Matches(@"Corefile:3:\d+: forward: ""nobody\.test"" .* failed to resolve", result.All);
        }
    }

    [NeedsFact(Need.Root)]
    public async Task ResolvConf_IsFollowedWithoutReload()
    {
        // resolv.conf knows no ports.
        await using FakeUpstream before = new(IPAddress.Parse("127.53.0.2"), 53) { Otherwise = q => q.Address("192.0.2.2") };
        await using FakeUpstream after = new(IPAddress.Parse("127.53.0.3"), 53) { Otherwise = q => q.Address("192.0.2.3") };
        string file = Path.Combine(_folder, "resolv.conf");
        await File.WriteAllTextAsync(file, "nameserver 127.53.0.2\n");
        await using OneServer one = await OneServer.StartAsync(file);
        Assert.Equal("192.0.2.2", (await one.AskAsync()).Answers[0].Address);

        // Half written, then whole.
        await File.WriteAllTextAsync(file, "");
        await one.Server.AdvanceClockAsync(6);
        Assert.Equal("192.0.2.2", (await one.AskAsync()).Answers[0].Address);
        await File.WriteAllTextAsync(file, "nameserver 127.53.0.3\n");
        await one.Server.AdvanceClockAsync(6);
        await UntilAsync(one, "192.0.2.3");
        Assert.Contains($"{file} names 127.53.0.3 now", one.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameThatLeadsBackHere_IsLeftOutWithAWarning()
    {
        await using FakeUpstream resolver = new();
        int port = FreePort.Next();
        await using FakeUpstream other = new(IPAddress.Parse("127.0.0.2"), port);
        resolver.On("dns.test.", RrType.A, q => q.Answer(DnsRecord.A(q.Name, "127.0.0.1", 60), DnsRecord.A(q.Name, "127.0.0.2", 60)));
        string corefile = $".:{port} {{\n bind 127.0.0.1\n forward . dns.test:{port} {{\n resolver 127.0.0.1:{resolver.Port}\n }}\n}}\n";
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions { Corefile = corefile, Port = port });
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Rcode.NoError, (await server.Client.UdpAsync(ServerFixture.NewName())).Rcode);
        }

        Assert.True(await server.WaitForOutputAsync($"dns.test names 127.0.0.1:{port}, which is this server itself"), server.Output);
        Assert.Equal(5, other.Queries.Count(q => q.Type == RrType.A && q.Name.StartsWith('n')));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task UntilAsync(OneServer one, string address)
    {
        for (int i = 0; i < 200; i++)
        {
            DnsMessage answer = await one.AskAsync();
            if (answer.Answers.Count > 0 && answer.Answers[0].Address == address)
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail($"never {address}; log:\n{one.Server.Output}");
    }
}
