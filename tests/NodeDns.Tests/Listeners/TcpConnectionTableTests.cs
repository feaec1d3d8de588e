using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.Listeners;
using NodeDns.Logging;
using NodeDns.Pipeline;
using NodeDns.TestKit;
using NodeDns.Tests.Pipeline;
using Xunit;

namespace NodeDns.Tests.Listeners;

/// <summary>What an error that nobody thought of does to the TCP clients: there is no packet that makes one on purpose.</summary>
public sealed class TcpConnectionTableTests
{
    [Fact]
    [Trait("Statement", "2.2 unexpected errors")]
    public async Task UnexpectedError_CostsThatQueryOnlyAndIsCountedAndTold()
    {
        using PipelineFixture pipeline = new(".:5353 {\n bind 127.0.0.1\n whoami\n}\n");
        List<string> lines = [];
        using TcpConnectionTable table = new(
            pipeline.Shared, new QuestionStarter(pipeline.Shared.InFlight, null, []), new Log((_, line) => lines.Add(line)));
        ListenAddress broken = new(0, new IPEndPoint(IPAddress.Loopback, 5353), zones: null!);
        using DnsTcpConnection client = await ConnectAsync(table, broken);

        await client.SendAsync(DnsMessage.Query("first.example.").Encode());
        await UntilAsync(() => UnexpectedErrors(pipeline) == 1);
        broken.Zones = pipeline.Zones;
        DnsMessage second = DnsMessage.Query("second.example.");
        await client.SendAsync(second.Encode());

        Assert.Equal(second.Id, (await client.ReceiveMessageAsync()).Id);
        Assert.Equal(1, table.Open);
        Assert.Contains("serving goes on: System.NullReferenceException", Assert.Single(lines), StringComparison.Ordinal);
        client.Dispose();
        await UntilAsync(() => table.Open == 0);
    }

    private static long UnexpectedErrors(PipelineFixture pipeline) => pipeline.Shared.Counters.Sum(one => one.UnexpectedErrors);

    private static async Task<DnsTcpConnection> ConnectAsync(TcpConnectionTable table, ListenAddress address)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        table.Accept(await listener.AcceptAsync(), address, TcpTimeouts.Default);
        return new DnsTcpConnection(client);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
            await Task.Delay(5);
        }
    }
}
