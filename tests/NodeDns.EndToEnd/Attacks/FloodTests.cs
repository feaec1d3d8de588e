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
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>More questions than a cache is for: random subdomains, and an upstream that answers none of them.</summary>
[Collection(AloneCollection.Name)]
public sealed class FloodTests(FloodTests.Counted fixture, ITestOutputHelper output) : ServerTests<FloodTests.Counted>(fixture)
{
    private const int Names = 60_000;

    [Fact]
    [Trait("Statement", "2.2 random subdomains")]
    public async Task RandomSubdomains_LeaveTheHotSetAndTheMemoryAlone()
    {
        string[] hot = new string[200];
        for (int i = 0; i < hot.Length; i++)
        {
            hot[i] = NewName("hot.example.");
            await CacheAsync(hot[i]);
        }

        Upstream.Otherwise = q => q.Name.EndsWith("flood.example.", StringComparison.Ordinal)
            ? q.NxDomain()
            : FakeUpstream.DefaultAnswer(q);
        await FloodAsync(_ => { });
        foreach (string name in hot)
        {
            AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        }

        int misses = Upstream.Queries.Count(q => q.Name.EndsWith("hot.example.", StringComparison.Ordinal)) - hot.Length;
        output.WriteLine($"{misses} of {hot.Length} hot names lost, {Server.ResidentBytes >> 10} KiB resident");
        Assert.InRange(misses, 0, 2);
        Assert.True(Server.ResidentBytes < 110L << 20, $"{Server.ResidentBytes >> 20} MiB");
    }

    [Fact]
    [Trait("Statement", "2.2 random subdomains")]
    public async Task SilentUpstreamUnderAFlood_CachedNamesAreStillAnswered()
    {
        string cached = NewName();
        await CacheAsync(cached);
        Upstream.Otherwise = q => q.Name.EndsWith("flood.example.", StringComparison.Ordinal)
            ? UpstreamReply.Silence
            : FakeUpstream.DefaultAnswer(q);
        long worst = 0;
        await FloodAsync(i =>
        {
            if (i % 1000 == 0)
            {
                long began = Stopwatch.GetTimestamp();
                AssertAddress("192.0.2.1", Client.UdpAsync(cached).GetAwaiter().GetResult());
                worst = Math.Max(worst, Stopwatch.GetTimestamp() - began);
            }
        });
        output.WriteLine($"slowest hit {Stopwatch.GetElapsedTime(0, worst).TotalMilliseconds:F1} ms, " +
            $"{Server.ResidentBytes >> 10} KiB resident");
        Assert.True(Server.ResidentBytes < 110L << 20, $"{Server.ResidentBytes >> 20} MiB");
        await Server.AdvanceClockAsync(10);
        await Fixture.AskUntilAsync(() => DnsMessage.Query(NewName()), m => m.Rcode == Rcode.NoError);
    }

    [Fact]
    [Trait("Statement", "2.2 overload")]
    public async Task MoreThanCanBeServed_IsShedAndServingGoesOnAtOnceAfterwards()
    {
        string cached = NewName();
        await CacheAsync(cached);
        Upstream.KeepsQueries = false;
        MetricsPage before = await Fixture.MetricsAsync();
        long sent = (await Task.WhenAll(Enumerable.Range(1, 4).Select(i => Task.Run(() => Blast($"127.0.0.{100 + i}"))))).Sum();
        Upstream.KeepsQueries = true;
        long resident = Server.ResidentBytes;
        await Fixture.UntilQueuesAreEmptyAsync();
        AssertAddress("192.0.2.1", await Client.UdpAsync(cached));
        await Fixture.AskUntilAsync(() => DnsMessage.Query(NewName()), m => m.Rcode == Rcode.NoError);

        MetricsPage after = await Fixture.MetricsAsync();
        double Grown(string sample) => after[sample] - before[sample];
        double lost = sent - Grown("nodedns_queries_total");
        double refused = Grown("nodedns_client_share_full_total") + Grown("nodedns_in_flight_full_total");
        output.WriteLine($"{sent} sent, {lost} lost, {refused} refused, {resident >> 10} KiB resident");
        Assert.True(lost + refused > sent / 4, "no overload");
        Assert.True(resident < 110L << 20, $"{resident >> 20} MiB");
        Assert.Equal(0, after["coredns_panics_total"]);
    }

    /// <summary>Two seconds of names nobody asked before, as fast as they can be sent; no reply is read.</summary>
    private long Blast(string source)
    {
        using Socket socket = Client.ConnectUdp(IPAddress.Parse(source));
        byte[] query = DnsMessage.Query($"{Guid.NewGuid():N}.flood.example.").Encode();
        long began = Stopwatch.GetTimestamp();
        uint sent = 0;
        for (; Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2); sent++)
        {
            for (int digit = 0; digit < 8; digit++)
            {
                query[DnsMessage.HeaderLength + 1 + digit] = (byte)('a' + ((sent >> (4 * digit)) & 15));
            }

            socket.Send(query);
        }

        return sent;
    }

    private async Task FloodAsync(Action<int> between)
    {
        using Socket socket = Client.ConnectUdp();
        socket.ReceiveBufferSize = 1 << 20;
        using var stop = new CancellationTokenSource();
        Task drain = DrainAsync(socket, stop.Token);
        for (int i = 0; i < Names; i++)
        {
            byte[] query = DnsMessage.Query($"{Guid.NewGuid():N}.flood.example.").Encode();
            await socket.SendAsync(query);
            if (i % 50 == 0)
            {
                // The flood is of names, not of packets: the kernel's queue is not what is tested.
                await Task.Delay(1);
                between(i);
            }
        }

        await stop.CancelAsync();
        await drain;
    }

    private static async Task DrainAsync(Socket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                await socket.ReceiveAsync(buffer, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }
    }

    /// <summary>The plain server, and what it counts.</summary>
    public sealed class Counted : ServerFixture
    {
        private readonly int _metricsPort = FreePort.Next();

        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                prometheus 127.0.0.1:{{_metricsPort}}
                forward . {{UpstreamAddress}} {
                    max_fails 0
                }
                cache
            }
            """;

        /// <summary>What is still in the kernel's queue is served; a query that met a full one would be lost, as it must be.</summary>
        public async Task UntilQueuesAreEmptyAsync()
        {
            long began = Stopwatch.GetTimestamp();
            double before;
            double now = -1;
            do
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < DnsClient.DefaultTimeout, "still at it");
                before = now;
                await Task.Delay(50);
                now = (await MetricsAsync())["nodedns_queries_total"];
            }
            while (now != before);
        }

        public Task<MetricsPage> MetricsAsync() =>
            MetricsPage.ReadAsync(new IPEndPoint(IPAddress.Loopback, _metricsPort), null);
    }
}
