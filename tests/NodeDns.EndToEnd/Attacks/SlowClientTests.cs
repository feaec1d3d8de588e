using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>TCP clients that are slow, silent or many: T3 and the TCP rows of section 2.2.</summary>
[Trait("Statement", "2.2 TCP")]
public sealed class SlowClientTests(SlowClientTests.Impatient fixture) : ServerTests<SlowClientTests.Impatient>(fixture)
{
    [Fact]
    [Trait("Statement", "T3")]
    public async Task T3_ByteDrip_DoesNotKeepTheConnectionOpen()
    {
        string longName = NewName("a.rather.long.name.so.that.the.drip.lasts.example.");
        byte[] framed = DnsTcpConnection.Frame(DnsMessage.Query(longName).Encode());
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        using var stop = new CancellationTokenSource();
        Task drip = DripAsync(connection, framed, stop.Token);
        bool isClosed = await connection.IsClosedWithinAsync(TimeSpan.FromSeconds(5));
        await stop.CancelAsync();
        await drip;
        Assert.True(isClosed, "the connection outlived 5 s of one byte each 100 ms");
    }

    [Fact]
    [Trait("Statement", "T3")]
    public async Task T3_WholeMessages_KeepTheConnectionOpen()
    {
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        for (int i = 0; i < 5; i++)
        {
            await connection.SendAsync(DnsMessage.Query(NewName()).Encode());
            AssertAddress("192.0.2.1", await connection.ReceiveMessageAsync());
            await Task.Delay(500);
        }
    }

    [Fact]
    public async Task HalfOpenConnection_IsClosedAfterTheReadTimeout()
    {
        using DnsTcpConnection silent = await Client.ConnectTcpAsync();
        using DnsTcpConnection half = await Client.ConnectTcpAsync();
        await half.SendRawAsync(new byte[] { 0, 30, 1, 2 });
        Assert.True(await silent.IsClosedWithinAsync(TimeSpan.FromSeconds(5)));
        Assert.True(await half.IsClosedWithinAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task ManyDrippingClients_DoNotStandInTheWayOfGoodOnes()
    {
        var drips = new List<DnsTcpConnection>();
        using var stop = new CancellationTokenSource();
        try
        {
            byte[] framed = DnsTcpConnection.Frame(DnsMessage.Query(NewName()).Encode());
            for (int i = 0; i < 600; i++)
            {
                // From six clients, since one alone may not have that many connections.
                drips.Add(await Client.ConnectTcpAsync(IPAddress.Parse($"127.0.0.{10 + (i % 6)}")));
                _ = DripAsync(drips[^1], framed, stop.Token);
            }

            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < 20; i++)
            {
                AssertAddress("192.0.2.1", await Client.TcpAsync(NewName()));
                AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(3));
        }
        finally
        {
            await stop.CancelAsync();
            drips.ForEach(d => d.Dispose());
        }
    }

    [Fact]
    public async Task OneClientWithAllTheConnections_LeavesRoomForOthers()
    {
        var greedy = new List<DnsTcpConnection>();
        try
        {
            for (int i = 0; i < 700; i++)
            {
                greedy.Add(await Client.ConnectTcpAsync(IPAddress.Parse("127.0.0.50")));
            }

            AssertAddress("192.0.2.1", await Client.TcpAsync(NewName()));
            Assert.InRange(Server.OpenDescriptors, 1, 600);
        }
        finally
        {
            greedy.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task ClientThatNeverReads_IsDroppedAndHurtsNobody()
    {
        string name = NewName();
        Upstream.On(name, RrType.Txt, q => q.Answer([.. Enumerable.Range(0, 200)
            .Select(i => DnsRecord.Txt(q.Name, $"{i}" + new string('x', 240)))]));
        await Client.TcpAsync(name, RrType.Txt);
        byte[] query = DnsTcpConnection.Frame(DnsMessage.Query(name, RrType.Txt).Encode());
        using DnsTcpConnection greedy = await Client.ConnectTcpAsync();
        greedy.Socket.ReceiveBufferSize = 4096;
        long before = Server.ResidentBytes;
        Task flood = Task.Run(async () =>
        {
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(4));
                byte[] many = [.. Enumerable.Repeat(query, 1000).SelectMany(q => q)];
                while (true)
                {
                    await greedy.Socket.SendAsync(many, limit.Token);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Closed or no longer read from: both are right.
            }
        });
        while (!flood.IsCompleted)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
            await Task.Delay(20);
        }

        await flood;
        long growth = Server.ResidentBytes - before;
        Assert.True(growth < 64 << 20, $"resident memory grew by {growth >> 20} MiB");
    }

    [Fact]
    public async Task ThousandsOfPipelinedQueriesAtOnce_AreAllAnswered()
    {
        string name = NewName();
        await CacheAsync(name);
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        byte[] frame = DnsTcpConnection.Frame(DnsMessage.Query(name).Encode());
        const int Count = 5000;
        Task send = connection.SendRawAsync(Enumerable.Repeat(frame, Count).SelectMany(f => f).ToArray());
        for (int i = 0; i < Count; i++)
        {
            Assert.NotNull(await connection.ReceiveAsync());
        }

        await send;
    }

    private static async Task DripAsync(DnsTcpConnection connection, byte[] framed, CancellationToken stop)
    {
        try
        {
            foreach (byte b in framed)
            {
                await connection.SendRawAsync(new[] { b });
                await Task.Delay(100, stop);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed by the server, or the test is over.
        }
    }

    /// <summary>The shortest timeouts that a Corefile may set.</summary>
    public sealed class Impatient : ServerFixture
    {
        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                timeouts {
                    read 1s
                    write 1s
                    idle 1s
                }
                forward . {{UpstreamAddress}}
                cache
            }
            """;
    }
}
