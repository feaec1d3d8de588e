using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>The drills of the ecosystem's section 7.1 that concern upstreams.</summary>
[Collection(AloneCollection.Name)]
public sealed class OutageDrillTests
{
    private const string StaleForADay = "cache {\n serve_stale 24h\n }";

    [Fact]
    [Trait("Drill", "kill all CoreDNS")]
    public async Task AllUpstreamsKilled_KnownNamesAreAnsweredForADayAndNoSecondLonger()
    {
        int port = FreePort.Next();
        var first = new FakeUpstream(port: port);
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(
            directives: StaleForADay, upstreams: _ => $"127.0.0.1:{port}");
        string name = ServerFixture.NewName();
        first.On(name, q => q.Address("192.0.2.7", 30));
        Assert.Empty((await two.Client.UdpAsync(DnsMessage.Query(name).WithEdns())).ErrorCodes);
        await first.DisposeAsync();

        TimeSpan now = TimeSpan.Zero;
        foreach (TimeSpan at in (TimeSpan[])[new(0, 0, 31), new(1, 0, 30), new(23, 59, 30)])
        {
            await two.Server.AdvanceClockAsync(at - now);
            now = at;
            DnsMessage stale = await two.Client.UdpAsync(DnsMessage.Query(name).WithEdns());
            Assert.Equal(("192.0.2.7", 30u), (stale.Answers[0].Address, stale.Answers[0].Ttl));
            Assert.Equal([3], stale.ErrorCodes);
        }

        await two.Server.AdvanceClockAsync(new TimeSpan(24, 0, 31) - now);
        DnsMessage gone = await two.Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.ServFail, gone.Rcode);
        Assert.Contains(Assert.Single(gone.ErrorCodes), (int[])[22, 23]);

        await using var back = new FakeUpstream(port: port);
        back.On(name, q => q.Address("192.0.2.8", 30));
        DnsMessage fresh = await UntilAsync(two, name, m => m.Rcode == Rcode.NoError);
        Assert.Equal("192.0.2.8", fresh.Answers[0].Address);
        Assert.Empty(fresh.ErrorCodes);
    }

    [Fact]
    [Trait("Drill", "kill all CoreDNS")]
    public async Task AllUpstreamsSilent_KnownNamesCostThemNothingButProbes()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(directives: StaleForADay);
        string[] names = await ExpireAndSilenceAsync(two);
        Assert.Equal(Rcode.NoError, (await two.AskAsync(names[0])).Answer.Rcode);
        await two.WaitForMetricAsync("nodedns_upstream_up", two.First, 0);
        await two.WaitForMetricAsync("nodedns_upstream_up", two.Second, 0);
        int before = Questions(two);
        for (int round = 0; round < 3; round++)
        {
            await two.Server.AdvanceClockAsync(40);
            foreach (string name in names)
            {
                (DnsMessage answer, TimeSpan took) = await two.AskAsync(name);
                Assert.Equal(30u, answer.Answers[0].Ttl);
                Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromMilliseconds(800));
            }
        }

        Assert.InRange(Questions(two) - before, 0, 6);
        two.First.Override = two.Second.Override = null;
        await UntilAsync(two, names[1], m => m.Answers[0].Ttl > 30);
    }

    [Fact]
    [Trait("Drill", "kill all CoreDNS")]
    public async Task AllUpstreamsSilent_WhoeverAskedFirstHasStaleDataAndNobodyAsksThemAgain()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync(directives: StaleForADay);
        string[] names = await ExpireAndSilenceAsync(two);
        int before = Questions(two);
        (DnsMessage Answer, TimeSpan Took)[] answers = await Task.WhenAll(names.Select(name => two.AskAsync(name)));
        Assert.All(answers, one => Assert.Equal(Rcode.NoError, one.Answer.Rcode));

        // Long after every try of those questions would have been made.
        for (int i = 0; i < 8; i++)
        {
            await Task.Delay(150);
            await two.Server.AdvanceClockAsync(1);
        }

        // Each went to both once, and a trial of either may come after each probe that an answer of before follows.
        Assert.InRange(Questions(two) - before, names.Length, (2 * names.Length) + 6);
    }

    [Fact]
    [Trait("Drill", "pfSense flap")]
    public async Task FirstUpstreamFlaps_NoErrorsAndMissesAreBounded()
    {
        await using TwoUpstreams two = await TwoUpstreams.StartAsync("health_check 200ms");
        string cached = ServerFixture.NewName();
        await two.AskAsync(cached);
        TimeSpan worst = default;
        for (int flap = 0; flap < 6; flap++)
        {
            two.First.Override = flap % 2 == 0 ? _ => UpstreamReply.Silence : null;
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(500))
            {
                Assert.Equal(Rcode.NoError, (await two.AskAsync(cached)).Answer.Rcode);
                (DnsMessage answer, TimeSpan took) = await two.AskAsync();
                Assert.Equal(Rcode.NoError, answer.Rcode);
                worst = took > worst ? took : worst;
            }
        }

        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    [Trait("Statement", "2.2 jostle")]
    public async Task OnePodAsksADeadUpstreamForThousandsOfNames_OthersNoticeNothing()
    {
        await using var dead = new FakeUpstream { KeepsQueries = false };
        await using var alive = new FakeUpstream();
        dead.Override = _ => UpstreamReply.Silence;
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $"dead.test:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{dead.Port} {{\n max_fails 0\n }}\n cache\n}}\n" +
                $".:{port} {{\n bind 127.0.0.1\n forward . 127.0.0.1:{alive.Port}\n cache\n}}\n",
        });
        using System.Net.Sockets.Socket noisy = server.Client.ConnectUdp(System.Net.IPAddress.Parse("127.0.0.77"));
        int failed = 0;
        for (int i = 0; i < 12_000; i++)
        {
            await noisy.SendAsync(DnsMessage.Query($"j{i}.dead.test.").Encode());
            if (i % 100 == 99)
            {
                await Task.Delay(1);
                failed += (await server.Client.UdpAsync(ServerFixture.NewName())).Rcode == Rcode.NoError ? 0 : 1;
            }
        }

        Assert.Equal(0, failed);
    }

    /// <summary>Forty names are known and expired, and nobody answers any more.</summary>
    private static async Task<string[]> ExpireAndSilenceAsync(TwoUpstreams two)
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(_ => ServerFixture.NewName())];
        foreach (string name in names)
        {
            await two.AskAsync(name);
        }

        two.First.Override = two.Second.Override = _ => UpstreamReply.Silence;
        await two.Server.AdvanceClockAsync(TimeSpan.FromHours(1));
        return names;
    }

    private static int Questions(TwoUpstreams two) =>
        two.First.Queries.Count(q => q.Type == RrType.A) + two.Second.Queries.Count(q => q.Type == RrType.A);

    private static async Task<DnsMessage> UntilAsync(TwoUpstreams two, string name, Func<DnsMessage, bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            DnsMessage answer = await two.Client.UdpAsync(DnsMessage.Query(name).WithEdns());
            if (condition(answer))
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(4), $"still {answer}; log:\n{two.Server.Output}");
            await Task.Delay(20);
        }
    }
}
