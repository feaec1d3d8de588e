using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>Answers that depend on what a <c>rewrite edns0</c> sends along are for those whose question carried the same.</summary>
public sealed class SentOptionTests
{
    private const string SendSubnet = "rewrite edns0 subnet set 24 56";

    [Fact]
    public async Task SubnetSet_EachSubnetKeepsItsOwnAnswer()
    {
        await using FakeUpstream upstream = new() { Otherwise = AnswerBySubnet };
        await using OneServer one = await OneServer.StartAsync(
            $"127.0.0.1:{upstream.Port}", directives: $"cache\n{SendSubnet}");
        string name = ServerFixture.NewName();
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal("192.0.2.1", await AskFromAsync(one, "127.0.1.1", name));
            Assert.Equal("192.0.2.2", await AskFromAsync(one, "127.0.2.1", name));
            Assert.Equal("192.0.2.1", await AskFromAsync(one, "127.0.1.200", name));
        }

        Assert.Equal(2, upstream.Count(name));
    }

    [Fact]
    public async Task SubnetSet_QuestionsInFlightAreJoinedWithinASubnetOnly()
    {
        TaskCompletionSource gate = new();
        await using FakeUpstream upstream = new() { Otherwise = query => AnswerBySubnet(query).When(gate.Task) };
        await using OneServer one = await OneServer.StartAsync(
            $"127.0.0.1:{upstream.Port}", "max_fails 0\nhedge off", $"cache\n{SendSubnet}");
        string name = ServerFixture.NewName();
        Task<string>[] answers =
            [.. Enumerable.Range(0, 40).Select(i => AskFromAsync(one, $"127.0.{(i % 2) + 1}.{i + 1}", name))];
        await upstream.WaitForAsync(name, RrType.A, 2);
        await Task.Delay(100);
        gate.SetResult();
        string[] all = await Task.WhenAll(answers);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"192.0.2.{(i % 2) + 1}"), all);
        Assert.Equal(2, upstream.Count(name));
    }

    [Fact]
    public async Task SubnetSet_RefreshBeforeExpiryCarriesTheSubnet()
    {
        await using FakeUpstream upstream = new() { Otherwise = AnswerBySubnet };
        await using OneServer one = await OneServer.StartAsync(
            $"127.0.0.1:{upstream.Port}", directives: $"cache {{\n prefetch 1 1h 50%\n }}\n{SendSubnet}");
        string name = ServerFixture.NewName();
        await AskFromAsync(one, "127.0.2.1", name);
        await one.Server.AdvanceClockAsync(200);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("192.0.2.2", await AskFromAsync(one, "127.0.2.1", name));
        }

        await upstream.WaitForAsync(name, RrType.A, 2);
        Assert.All(upstream.QueriesFor(name), query => Assert.Equal(2, SubnetOf(query)));
    }

    [Fact]
    public async Task CacheFlush_FindsTheNameUnderEverySubnet()
    {
        await using FakeUpstream upstream = new() { Otherwise = AnswerBySubnet };
        await using OneServer one = await OneServer.StartAsync(
            $"127.0.0.1:{upstream.Port}", directives: $"cache\n{SendSubnet}");
        string name = ServerFixture.NewName();
        await AskFromAsync(one, "127.0.1.1", name);
        await AskFromAsync(one, "127.0.2.1", name);
        CommandResult flushed = await NodeDnsProcess.RunAsync(
            "cache", "flush", name, "-control-socket", one.Server.ControlSocket);
        Assert.Contains($"2 entries of {name} flushed", flushed.All, StringComparison.Ordinal);
        await AskFromAsync(one, "127.0.1.1", name);
        Assert.Equal(3, upstream.Count(name));
    }

    [Fact]
    public async Task Dns64_RefreshBeforeExpiryIsTranslatedAsWell()
    {
        await using FakeUpstream upstream = new()
        {
            Otherwise = query => query.Type == RrType.Aaaa ? query.NoData(300, 300) : query.Address("192.0.2.64"),
        };
        await using OneServer one = await OneServer.StartAsync(
            $"127.0.0.1:{upstream.Port}", directives: "cache {\n prefetch 1 1h 50%\n }\ndns64 {\n allow_ipv4\n }");
        string name = ServerFixture.NewName();
        Assert.Equal("64:ff9b::c000:240", (await one.Client.UdpAsync(name, RrType.Aaaa)).Answers[0].Address);
        await one.Server.AdvanceClockAsync(200);
        for (int i = 0; i < 3; i++)
        {
            await one.Client.UdpAsync(name, RrType.Aaaa);
        }

        await upstream.WaitForAsync(name, RrType.A, 2);
        await Task.Delay(100);
        Assert.Equal("64:ff9b::c000:240", Assert.Single((await one.Client.UdpAsync(name, RrType.Aaaa)).Answers).Address);
    }

    /// <summary>The third byte of the client's subnet becomes the last one of the answer.</summary>
    private static UpstreamReply AnswerBySubnet(UpstreamQuery query) => query.Address($"192.0.2.{SubnetOf(query)}");

    private static int SubnetOf(UpstreamQuery query) =>
        query.Message.Edns!.Options.Single(option => option.Code == EdnsOptionCode.ClientSubnet).Data[6];

    private static async Task<string> AskFromAsync(OneServer one, string client, string name)
    {
        using Socket socket = one.Client.ConnectUdp(IPAddress.Parse(client));
        await socket.SendAsync(DnsMessage.Query(name).Encode());
        byte[] bytes = await DnsClient.ReceiveAsync(socket, TimeSpan.FromSeconds(6))
            ?? throw new TimeoutException(one.Server.Output);
        return DnsMessage.Decode(bytes).Answers.Single().Address;
    }
}
