using System;
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

/// <summary>An upstream that gathers questions to let all the answers go at one instant (DNSBomb).</summary>
[Collection(AloneCollection.Name)]
public sealed class HeldAnswerTests(HeldAnswerTests.Holding fixture) : ServerTests<HeldAnswerTests.Holding>(fixture)
{
    private const int Asked = 6000;

    /// <summary>What one address alone may have on its way (docs/upstreams.md, Bounds).</summary>
    private const int Share = 4096;

    [Fact]
    [Trait("Statement", "2.2 DNSBomb")]
    public async Task OneClient_HasItsShareOutstandingAndGetsOneReplyEachAndNothingLate()
    {
        using Socket client = Client.ConnectUdp(IPAddress.Parse("127.0.0.91"));
        client.ReceiveBufferSize = 4 << 20;
        int[] replies = new int[Asked];
        using var stop = new CancellationTokenSource();
        Task collecting = CollectAsync(client, replies, stop.Token);
        for (int i = 0; i < Asked; i++)
        {
            await client.SendAsync(DnsMessage.Query($"h{i}.held.example.").Change(m => m.Id = (ushort)i).Encode());
            if (i % 50 == 0)
            {
                // The kernel's queue is not what is tested.
                await Task.Delay(1);
            }
        }

        await UntilAsync(() => replies.Sum() >= Asked - Share);
        Assert.Equal(Asked - Share, replies.Sum());
        Assert.Equal(Asked - Share, await Fixture.MetricAsync("nodedns_client_share_full_total"));
        Assert.Equal(Share, await Fixture.MetricAsync("nodedns_in_flight_questions"));
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));

        await Server.AdvanceClockAsync(6);
        await UntilAsync(() => replies.Sum() >= Asked);
        Fixture.Release();

        // Asked behind the answers that were held, so they have all been sent once this is answered.
        for (int i = 0; i < 20; i++)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
        }

        await stop.CancelAsync();
        await collecting;
        Assert.All(replies, count => Assert.Equal(1, count));
        Assert.Equal(0, await Fixture.MetricAsync("nodedns_in_flight_questions"));
    }

    private static async Task CollectAsync(Socket socket, int[] replies, CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                await socket.ReceiveAsync(buffer, stop);
                replies[(buffer[0] << 8) | buffer[1]]++;
            }
        }
        catch (OperationCanceledException)
        {
            // All that was to come has come.
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < DnsClient.DefaultTimeout);
            await Task.Delay(10);
        }
    }

    /// <summary>Names below held.example are answered when the test says so.</summary>
    public sealed class Holding : ServerFixture
    {
        private readonly TaskCompletionSource _gate = new();
        private readonly int _metricsPort = FreePort.Next();

        public Holding() => Upstream.Override = q => q.Name.EndsWith("held.example.", StringComparison.Ordinal)
            ? UpstreamReply.FromDnsMessage(q.Address("192.0.2.9")).When(_gate.Task)
            : null;

        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                prometheus 127.0.0.1:{{_metricsPort}}
                forward . {{UpstreamAddress}} {
                    max_fails 0
                    hedge off
                }
                cache
            }
            """;

        public void Release() => _gate.SetResult();

        public async Task<double> MetricAsync(string name) =>
            (await MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Loopback, _metricsPort), null))[name];
    }
}
