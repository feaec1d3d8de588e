using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>The connections of <c>force_tcp</c>: how many, for how long, and that their end costs no client anything.</summary>
[Collection(AloneCollection.Name)]
public sealed class StreamPoolTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpstreamClosesItsConnections_QueriesGoOnAtOnce(bool reset)
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        for (int round = 0; round < 3; round++)
        {
            string[] names = [.. Enumerable.Range(0, 40).Select(_ => ServerFixture.NewName())];
            foreach (string name in names)
            {
                upstream.On(name, q => q.Number == 1 ? UpstreamReply.Silence : q.Address("192.0.2.7"));
            }

            Task<DnsMessage>[] answers = [.. names.Select(one.AskAsync)];
            foreach (string name in names)
            {
                await upstream.WaitForAsync(name, RrType.A, 1);
            }

            upstream.CloseConnections(reset);
            Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("192.0.2.7", answer.Answers[0].Address));
        }

        // Nobody asks meanwhile.
        upstream.CloseConnections(reset);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => one.AskAsync()));
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_network_errors_total"));
        Assert.Equal(1, await one.MetricAsync("nodedns_upstream_up"));
    }

    [Fact]
    public async Task ConnectionThatStopsAnswering_IsReplacedAndItsQueriesAreAskedAgain()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => one.AskAsync()));
        int gone = upstream.TcpConnections;

        // The pod behind these connections is gone without a word; another one takes new ones.
        upstream.Override = query => query.Connection <= gone ? UpstreamReply.Silence : null;
        DnsMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => one.AskAsync()));
        Assert.All(answers, answer => Assert.Equal(Rcode.NoError, answer.Rcode));
        while (await one.FaultsAsync("silent") == 0)
        {
            await one.AskAsync();
            await Task.Delay(20);
        }

        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_network_errors_total"));
    }

    [Fact]
    public async Task ManyQueriesAtOnce_AtMostEightConnectionsAndAllAnswered()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        TaskCompletionSource gate = new();
        upstream.Override = query => UpstreamReply.FromDnsMessage(query.Address("192.0.2.8")).When(gate.Task);
        string[] names = [.. Enumerable.Range(0, 2000).Select(_ => ServerFixture.NewName())];
        Task<DnsMessage>[] answers = [.. names.Select(one.AskAsync)];
        while (upstream.Queries.Select(query => query.Name).Distinct().Count() < names.Length)
        {
            await Task.Delay(10);
        }

        Assert.InRange(upstream.OpenTcpConnections, 4, 8);
        Assert.InRange(upstream.Queries.Where(query => query.Type == RrType.A).Select(query => query.Connection).Distinct().Count(), 4, 16);
        gate.SetResult();
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("192.0.2.8", answer.Answers[0].Address));
        Assert.InRange(upstream.OpenTcpConnections, 1, 8);
    }

    [Fact]
    public async Task ExpireAndMaxIdle_CloseWhatIsNotUsed()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream, "expire 5s\nmax_idle_conns 2");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => one.AskAsync()));
        await UntilAsync(() => upstream.OpenTcpConnections is 1 or 2);
        await one.Server.AdvanceClockAsync(6);
        await UntilAsync(() => upstream.OpenTcpConnections == 0);
        Assert.Equal(Rcode.NoError, (await one.AskAsync()).Rcode);
    }

    [Fact]
    public async Task MaxAge_ConnectionsInUseAreReplaced()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream, "expire 10s\nmax_age 20s");
        await one.AskAsync();
        HashSet<int> first = [.. upstream.Queries.Select(query => query.Connection)];
        for (int i = 0; i < 5; i++)
        {
            await one.Server.AdvanceClockAsync(5);
            await one.AskAsync();
        }

        Assert.DoesNotContain(upstream.Queries[^1].Connection, first);
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_connections_lost_total"));
    }

    [Fact]
    public async Task TenThousandQueries_AreAllThatAConnectionCarries()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        for (int i = 0; i < 10_050; i++)
        {
            // One after the other: they all find the same connection unused.
            Assert.Equal(Rcode.NoError, (await one.AskAsync()).Rcode);
        }

        int[] carried = [.. upstream.Queries.GroupBy(query => query.Connection).Select(group => group.Count())];
        Assert.Equal(10_000, carried.Max());
        Assert.InRange(carried.Length, 2, 3);
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_connections_lost_total"));
    }

    [Fact]
    public async Task ClosedInMidMessage_IsAskedAgain()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        await one.AskAsync();
        string name = ServerFixture.NewName();
        upstream.On(name, q => q.Number == 1 ? UpstreamReply.FromDnsMessage(q.Address("192.0.2.3")).CloseAfter(9) : q.Address("192.0.2.4"));
        Assert.Equal("192.0.2.4", (await one.AskAsync(name)).Answers[0].Address);
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_malformed_total"));
    }

    [Fact]
    public async Task GarbageFrames_TheTrueAnswerIsTaken()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        string name = ServerFixture.NewName();
        upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.5")).Following(
            [], [1], [1, 2, 3], new byte[12], [.. q.Bytes[..2].Select(b => (byte)~b), .. q.Address("203.0.113.1").Encode()[2..]], new byte[65535]));
        Assert.Equal("192.0.2.5", (await one.AskAsync(name)).Answers[0].Address);
        Assert.True(await one.MetricAsync("nodedns_upstream_ignored_total") >= 5);
        Assert.Equal(1, upstream.Count(name));
    }

    [Fact]
    public async Task LargestMessage_ArrivesWhole()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        string name = ServerFixture.NewName();
        byte[]? sent = null;
        upstream.On(name, q => UpstreamReply.Raw(sent = Filled(q)));
        DnsMessage answer = await one.Client.TcpAsync(DnsMessage.Query(name, RrType.Txt).WithEdns());
        Assert.Equal(65535, sent!.Length);
        Assert.Equal(Rcode.NoError, answer.Rcode);
        Assert.True(answer.Answers.Count > 200);
    }

    private static byte[] Filled(UpstreamQuery query)
    {
        DnsMessage reply = query.Answer();
        while (true)
        {
            int left = 65535 - reply.Encode(compress: true).Length;
            int length = Math.Min(255, left - 12);
            if (length < 1)
            {
                return reply.Encode(compress: true);
            }

            // Leaves room for a last record, or fills it.
            length = left - 12 - length is > 0 and < 13 ? length - 13 : length;
            reply.Answers.Add(new DnsRecord(query.Name, RrType.Txt, RrClass.In, 60, [(byte)(length - 1), .. new byte[length - 1]]));
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 400 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        Assert.True(condition());
    }

    private static Task<OneServer> StartAsync(FakeUpstream upstream, string options = "") =>
        OneServer.StartAsync($"127.0.0.1:{upstream.Port}", "force_tcp\n" + options);
}
