using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>A slow upstream is not waited for: the next one is asked as well.</summary>
[Collection(AloneCollection.Name)]
public sealed class HedgeTests
{
    [Fact]
    public async Task SlowName_NextUpstreamIsAskedAndItsAnswerWins()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync();
        string name = ServerFixture.NewName();
        two.First.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).After(TimeSpan.FromMilliseconds(800)));
        two.Second.On(name, q => q.Address("192.0.2.22"));
        (DnsMessage answer, TimeSpan took) = await two.AskAsync(name);
        Assert.Equal("192.0.2.22", answer.Answers[0].Address);
        Assert.InRange(took, TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(500));
        Assert.Equal((1, 1), (await two.MetricAsync("nodedns_upstream_hedges_total", two.Second),
            await two.MetricAsync("nodedns_upstream_hedge_wins_total", two.Second)));

        // The slow answer still comes and shows that the upstream lives.
        double answers = await two.MetricAsync("nodedns_upstream_answers_total", two.First);
        await two.WaitForMetricAsync("nodedns_upstream_answers_total", two.First, answers + 1);
        Assert.Equal(0, await two.MetricAsync("nodedns_upstream_ignored_total", two.First));
        Assert.Equal(1, await two.MetricAsync("nodedns_upstream_up", two.First));
    }

    [Fact]
    public async Task HedgeAnswersWithAnError_TheFirstGoodAnswerWins()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync();
        string name = ServerFixture.NewName();
        two.First.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).After(TimeSpan.FromMilliseconds(400)));
        two.Second.On(name, q => q.Error(Rcode.ServFail));
        (DnsMessage answer, _) = await two.AskAsync(name);
        Assert.Equal("192.0.2.1", answer.Answers[0].Address);
        Assert.Equal(1, two.Second.Count(name));
    }

    [Fact]
    public async Task HedgeOff_OnlyTheTimeoutMovesOn()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("hedge off\n read_timeout 700ms");
        string name = ServerFixture.NewName();
        two.First.On(name, _ => UpstreamReply.Silence);
        (DnsMessage answer, TimeSpan took) = await two.AskAsync(name);
        Assert.Equal(Rcode.NoError, answer.Rcode);
        Assert.InRange(took, TimeSpan.FromMilliseconds(650), TimeSpan.FromSeconds(2));
        Assert.Equal(0, await two.MetricAsync("nodedns_upstream_hedges_total", two.Second));
    }

    [Fact]
    public async Task HedgeDuration_IsWhenTheNextIsAsked()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("hedge 400ms");
        string name = ServerFixture.NewName();
        two.First.On(name, _ => UpstreamReply.Silence);
        (_, TimeSpan took) = await two.AskAsync(name);
        Assert.InRange(took, TimeSpan.FromMilliseconds(390), TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task LoneUpstreamThatAnswersOthers_IsAskedAgainFromAnotherPort()
    {
        // A Service address in front of two pods, one of which is gone: the port decides who gets the query.
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(upstreams: t => $"127.0.0.1:{t.First.Port}");
        string name = ServerFixture.NewName();
        two.First.On(name, q => q.Number == 1 ? UpstreamReply.Silence : q.Address("192.0.2.5"));
        Task<(DnsMessage Answer, TimeSpan Took)> asked = two.AskAsync(name);
        while (!asked.IsCompleted)
        {
            await two.AskAsync();
            await Task.Delay(10);
        }

        (DnsMessage answer, TimeSpan took) = await asked;
        Assert.Equal("192.0.2.5", answer.Answers[0].Address);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromMilliseconds(600));
        Assert.Equal(2, two.First.QueriesFor(name).Select(q => q.Source.Port).Distinct().Count());
    }

    [Fact]
    public async Task LoneUpstreamThatIsSilent_IsNotAskedTwiceBeforeTheTimeout()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(upstreams: t => $"127.0.0.1:{t.First.Port}");
        string name = ServerFixture.NewName();
        two.First.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.5")).After(TimeSpan.FromMilliseconds(900)));
        Assert.Equal("192.0.2.5", (await two.AskAsync(name)).Answer.Answers[0].Address);
        Assert.Equal(1, two.First.Count(name));
    }

    [Fact]
    public async Task Fastest_MostQueriesGoToTheUpstreamThatAnswersSoonest()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(policy: "fastest");
        two.First.Otherwise = q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).After(TimeSpan.FromMilliseconds(30));
        string[] names = [.. Enumerable.Range(0, 100).Select(_ => ServerFixture.NewName())];
        foreach (string name in names)
        {
            await two.AskAsync(name);
        }

        // It is tried now and then, to see whether it has become faster.
        Assert.InRange(names.Sum(two.First.Count), 1, 25);
        Assert.True(names.Sum(two.Second.Count) > 75);
    }
}
