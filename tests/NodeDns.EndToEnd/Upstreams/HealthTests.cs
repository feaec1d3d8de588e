using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>Who is asked when upstreams are silent, refuse, or come back; and what probes look like.</summary>
[Collection(AloneCollection.Name)]
public sealed class HealthTests
{
    private static readonly TimeSpan s_oneHedge = TimeSpan.FromMilliseconds(400);

    [Fact]
    public async Task FirstOfTwoBlackHoled_EveryQueryIsAnsweredAndItIsSoonNotAskedAnyMore()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync();
        two.First.Override = _ => UpstreamReply.Silence;
        for (int i = 0; i < 3; i++)
        {
            (DnsMessage answer, TimeSpan took) = await two.AskAsync();
            Assert.Equal(Rcode.NoError, answer.Rcode);
            Assert.InRange(took, TimeSpan.Zero, s_oneHedge);
        }

        // A suspect is passed over; after a second of silence it is down.
        string next = ServerFixture.NewName();
        await two.AskAsync(next);
        Assert.Equal((0, 1), (two.First.Count(next), two.Second.Count(next)));
        await two.WaitForMetricAsync("nodedns_upstream_up", two.First, 0);

        two.First.Override = null;
        int before = two.First.Queries.Count(q => q.Type == RrType.A);
        await two.AskUntilAsync(
            () => two.First.Queries.Count(q => q.Type == RrType.A) > before + 5, TimeSpan.FromSeconds(3));
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_up", two.First));
        Assert.Contains("is up again after", two.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswersProbesButNoQueries_IsDownAndGetsATrialShareOnly()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync();
        int before = two.First.Queries.Count(q => q.Type == RrType.A);
        two.First.Override = q => q.Type == RrType.A ? UpstreamReply.Silence : null;
        for (int i = 0; i < 60; i++)
        {
            (DnsMessage answer, TimeSpan took) = await two.AskAsync();
            Assert.Equal(Rcode.NoError, answer.Rcode);
            Assert.InRange(took, TimeSpan.Zero, s_oneHedge);
            await Task.Delay(20);
        }

        int real = two.First.Queries.Count(q => q.Type == RrType.A) - before;
        Assert.InRange(real, 3, 20);
        Assert.True(await two.MetricAsync("nodedns_upstream_up", two.First) < 1);
    }

    [Theory]
    [InlineData(".", "", ".", RrType.Ns, true)]
    [InlineData(".", "health_check 500ms no_rec", ".", RrType.Ns, false)]
    [InlineData("stub.test", "", "stub.test.", RrType.Soa, false)]
    [InlineData("stub.test", "health_check 500ms domain probe.test", "probe.test.", RrType.Ns, true)]
    [InlineData("stub.test", "health_check 500ms no_rec domain probe.test", "probe.test.", RrType.Ns, false)]
    public async Task Probe_AfterAFailure_AsksWhatTheBlockSays(string zone, string options, string name, ushort type, bool rd)
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(options, zone);
        two.First.Override = q => q.Type == RrType.A ? UpstreamReply.Silence : null;
        Assert.Equal(0, two.First.Count(name, type));
        await two.AskAsync(ServerFixture.NewName(zone == "." ? "example." : zone + "."));
        await two.First.WaitForAsync(name, type, 1);
        Assert.Equal(rd, two.First.QueriesFor(name, type)[0].Message.RecursionDesired);

        // The probe was answered: nothing more is asked until the next failure.
        await Task.Delay(1200);
        Assert.Equal(1, two.First.Count(name, type));
    }

    [Fact]
    public async Task Probes_WhileItIsSilent_GoOnAtTheirIntervalAndOneRealFailureIsEnoughToBegin()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("health_check 250ms");
        two.First.Override = _ => UpstreamReply.Silence;
        await two.AskAsync();
        await two.WaitForMetricAsync("nodedns_upstream_up", two.First, 0);
        int probes = two.First.Count(".", RrType.Ns);
        Assert.InRange(probes, 2, 6);
        await two.First.WaitForAsync(".", RrType.Ns, probes + 4, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task MaxFailsZero_NothingIsProbedOrPassedOver()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("max_fails 0");
        two.First.Override = _ => UpstreamReply.Silence;
        string last = "";
        for (int i = 0; i < 6; i++)
        {
            last = ServerFixture.NewName();
            Assert.Equal(Rcode.NoError, (await two.AskAsync(last)).Answer.Rcode);
        }

        Assert.Equal(1, two.First.Count(last));
        Assert.Equal(0, two.First.Count(".", RrType.Ns));
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_up", two.First));
    }

    [Fact]
    public async Task AllDownWithFailfast_ServFailAtOnceAndNobodyIsAsked()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(
            "failfast_all_unhealthy_upstreams", upstreams: t => $"127.0.0.1:{t.First.Port}");
        two.First.Override = _ => UpstreamReply.Silence;
        _ = two.AskAsync();
        await two.WaitForMetricAsync("nodedns_upstream_up", two.First, 0);
        string name = ServerFixture.NewName();
        (DnsMessage answer, TimeSpan took) = await two.AskAsync(name);
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        Assert.InRange(took, TimeSpan.Zero, s_oneHedge);
        Assert.Equal(0, two.First.Count(name));
    }

    [Fact]
    public async Task AllDown_IsTriedAnyway()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(upstreams: t => $"127.0.0.1:{t.First.Port}");
        two.First.Override = _ => UpstreamReply.Silence;
        _ = two.AskAsync();
        await two.WaitForMetricAsync("nodedns_upstream_up", two.First, 0);
        two.First.Override = q => q.Type == RrType.Ns ? UpstreamReply.Silence : null;
        Assert.Equal(Rcode.NoError, (await two.AskAsync()).Answer.Rcode);
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_up", two.First));
    }

    [Fact]
    public async Task AllDown_StaleAnswersComeAtOnce()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(
            directives: "cache {\n serve_stale 24h verify\n }", upstreams: t => $"127.0.0.1:{t.First.Port}");
        string name = ServerFixture.NewName();
        string other = ServerFixture.NewName();
        await two.AskAsync(name);
        await two.AskAsync(other);
        two.First.Override = _ => UpstreamReply.Silence;
        await two.Server.AdvanceClockAsync(TimeSpan.FromHours(1));
        _ = two.AskAsync();
        await two.WaitForMetricAsync("nodedns_upstream_up", two.First, 0);
        foreach (string stale in (string[])[name, other])
        {
            (DnsMessage answer, TimeSpan took) = await two.AskAsync(stale);
            Assert.Equal((Rcode.NoError, 30u), (answer.Rcode, answer.Answers[0].Ttl));
            Assert.InRange(took, TimeSpan.Zero, s_oneHedge);
        }
    }

    [Fact]
    [Trait("Statement", "privacy")]
    public async Task StubZoneDown_OtherZonesUpstreamsAreNeverAsked()
    {
        await using var stub = new FakeUpstream();
        await using var root = new FakeUpstream();
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $"stub.test:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{stub.Port} {{\n read_timeout 300ms\n }}\n cache\n}}\n" +
                $".:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{root.Port}\n cache\n}}\n",
        });
        stub.Override = _ => UpstreamReply.Silence;
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(Rcode.ServFail, (await server.Client.UdpAsync(ServerFixture.NewName("stub.test."))).Rcode);
        }

        Assert.DoesNotContain(root.Queries, q => q.Name.EndsWith("stub.test.", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(Rcode.NoError, (await server.Client.UdpAsync(ServerFixture.NewName())).Rcode);
    }
}
