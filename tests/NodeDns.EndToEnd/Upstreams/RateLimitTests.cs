using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>Technitium as it meets a node: its rate limit, a stall of three seconds, a restart (ecosystem, 3.2 and F12).</summary>
[Collection(AloneCollection.Name)]
public sealed class RateLimitTests
{
    [Fact]
    [Trait("Drill", "Technitium")]
    public async Task HalfTcHalfNothing_IsRecognisedCountedEasedByTcpAndForgotten()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(upstreams: t => $"127.0.0.1:{t.First.Port}");
        // Technitium goes over to it from one query to the next; the window that holds good answers too passes first.
        await two.Server.AdvanceClockAsync(6);
        int seen = 0;
        two.First.Override = q => q.IsTcp || q.Type != RrType.A ? null
            : seen++ % 2 == 0 ? q.Error(Rcode.NoError).With(HeaderBits.Truncated) : UpstreamReply.Silence;
        Task<DnsMessage>[] asked = [.. Enumerable.Range(0, 40).Select(_ => two.Client.UdpAsync(ServerFixture.NewName()))];
        Assert.All(await Task.WhenAll(asked), m => Assert.Equal(Rcode.NoError, m.Rcode));
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_truncation_storms_total", two.First));
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_up", two.First));
        Assert.Contains("cuts most of its answers", two.Server.Output, StringComparison.Ordinal);

        int udp = seen;
        for (int i = 0; i < 20; i++)
        {
            (DnsMessage answer, _) = await two.AskAsync();
            Assert.Equal(Rcode.NoError, answer.Rcode);
        }

        Assert.Equal(udp, seen);
        two.First.Override = null;
        await two.Server.AdvanceClockAsync(11);
        string name = ServerFixture.NewName();
        await two.AskAsync(name);
        Assert.False(Assert.Single(two.First.QueriesFor(name)).IsTcp);
    }

    [Fact]
    [Trait("Drill", "Technitium")]
    public async Task StallOfThreeSeconds_NobodyNotices()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(upstreams: t => $"127.0.0.1:{t.First.Port}");
        string cached = ServerFixture.NewName();
        await two.AskAsync(cached);
        var gate = new TaskCompletionSource();
        two.First.Otherwise = q => UpstreamReply.FromDnsMessage(FakeUpstream.DefaultAnswerMessage(q)).When(gate.Task);
        Task<DnsMessage>[] asked = [.. Enumerable.Range(0, 20).Select(_ => two.Client.UdpAsync(ServerFixture.NewName()))];
        (DnsMessage known, TimeSpan took) = await two.AskAsync(cached);
        Assert.Equal((Rcode.NoError, true), (known.Rcode, took < TimeSpan.FromMilliseconds(300)));
        await Task.Delay(3000);
        gate.SetResult();
        Assert.All(await Task.WhenAll(asked), m => Assert.Equal(Rcode.NoError, m.Rcode));
    }

    [Fact]
    [Trait("Drill", "Technitium")]
    public async Task Restart_IsUsedAgainWithinASecondAndCachedNamesAreAnswered()
    {
        int port = FreePort.Next();
        var first = new FakeUpstream(port: port);
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(
            directives: "cache {\n serve_stale 1h\n }", upstreams: _ => $"127.0.0.1:{port}");
        string cached = ServerFixture.NewName();
        first.On(cached, q => q.Address("192.0.2.1", 30));
        await two.AskAsync(cached);
        await two.Server.AdvanceClockAsync(31);
        await first.DisposeAsync();
        (DnsMessage stale, _) = await two.AskAsync(cached);
        Assert.Equal((Rcode.NoError, 30u), (stale.Rcode, stale.Answers[0].Ttl));
        Assert.Equal(Rcode.ServFail, (await two.AskAsync()).Answer.Rcode);

        await using var back = new FakeUpstream(port: port);
        long began = Stopwatch.GetTimestamp();
        while ((await two.AskAsync()).Answer.Rcode != Rcode.NoError)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2), two.Server.Output);
            await Task.Delay(20);
        }
    }
}
