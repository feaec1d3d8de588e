using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.EndToEnd.Node;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>
/// The drill "blackhole route" in its stricter form: whatever breaks on the way to the first upstream, every question is
/// answered, the upstream is soon left alone, and used again when it is back.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class PathDrillTests
{
    /// <summary>Half a read timeout: whoever waited for that, or for one after the other, took longer.</summary>
    private static readonly TimeSpan s_noTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(8);

    /// <summary>Faults that nobody tells of.</summary>
    public static TheoryData<string> Silent => [.. s_silent.Keys];

    /// <summary>Faults that the kernel or a router tells of.</summary>
    public static TheoryData<string> Told => [.. s_told.Keys];

    private static readonly Dictionary<string, Fault> s_silent = new()
    {
        ["dropped by the router"] = Rule("drop"),
        ["stopped"] = new(r => r.FirstUpstream.SignalAsync("STOP"), r => r.FirstUpstream.SignalAsync("CONT")),
    };

    private static readonly Dictionary<string, Fault> s_told = new()
    {
        ["rejected by the router, port unreachable"] = Rule("reject with icmp port-unreachable"),
        ["rejected by the router, prohibited"] = Rule("reject with icmp admin-prohibited"),
        ["unreachable at the router"] = new(
            r => RoutedUpstreams.InAsync(r.Router, $"ip route add unreachable {RoutedUpstreams.First}/32"),
            r => RoutedUpstreams.InAsync(r.Router, $"ip route delete unreachable {RoutedUpstreams.First}/32")),
        ["dropped on the node"] = new(
            r => RoutedUpstreams.InAsync(r.Node, Table($"ip daddr {RoutedUpstreams.First} drop", "output")),
            r => RoutedUpstreams.InAsync(r.Node, "nft delete table ip fault")),
    };

    [BoxTheory]
    [Trait("Drill", "blackhole route")]
    [MemberData(nameof(Silent))]
    public async Task Silence_EveryQuestionIsAnsweredWithoutATimeout(string fault)
    {
        await using RoutedUpstreams routed = await RoutedUpstreams.StartAsync("");
        await BreakAndMendAsync(routed, s_silent[fault]);
    }

    [BoxTheory]
    [Trait("Drill", "blackhole route")]
    [MemberData(nameof(Told))]
    public async Task WordOfTheNetwork_IsEnoughWithoutAnyHedge(string fault)
    {
        await using RoutedUpstreams routed = await RoutedUpstreams.StartAsync("hedge off");
        await BreakAndMendAsync(routed, s_told[fault]);
    }

    [BoxFact]
    [Trait("Drill", "blackhole route")]
    public async Task WordOfTheNetwork_OverIpv6_IsEnoughWithoutAnyHedge()
    {
        await using RoutedUpstreams routed = await RoutedUpstreams.StartAsync("hedge off", ipv6: true);
        await BreakAndMendAsync(routed, new(
            r => RoutedUpstreams.InAsync(r.Router, $"ip -6 route add unreachable {RoutedUpstreams.First6}/128"),
            r => RoutedUpstreams.InAsync(r.Router, $"ip -6 route delete unreachable {RoutedUpstreams.First6}/128")));
    }

    [BoxFact]
    [Trait("Drill", "blackhole route")]
    public async Task PacketsOfTcpDropped_TheNextUpstreamAnswers()
    {
        await using RoutedUpstreams routed = await RoutedUpstreams.StartAsync("force_tcp");
        Assert.NotEmpty(await routed.ConnectionsAsync());
        await BreakAndMendAsync(routed, s_silent["dropped by the router"]);
    }

    [BoxFact]
    [Trait("Drill", "half-open TCP")]
    public async Task ConnectionsOfAHostThatIsGone_AreReplacedAndTheirQuestionsAskedAgain()
    {
        await using RoutedUpstreams routed = await RoutedUpstreams.StartAsync("force_tcp", onlyFirst: true);
        await routed.AskAsync(atOnce: 40);
        IReadOnlyList<string> before = await routed.ConnectionsAsync();
        Assert.NotEmpty(before);

        // Another pod is behind the address now: old connections lead nowhere, new ones do.
        await RoutedUpstreams.InAsync(routed.Router, Table($"tcp sport {{ {string.Join(", ", before)} }} drop"));
        await routed.AskAsync(atOnce: 40);
        await routed.AskUntilAsync(async () => !(await routed.ConnectionsAsync()).Intersect(before).Any(), s_soon);
        Assert.Equal(0, await routed.OfFirstAsync("downs_total"));
    }

    [BoxFact]
    [Trait("Drill", "RST")]
    public async Task ConnectionsReset_NobodyNotices()
    {
        await using RoutedUpstreams routed = await RoutedUpstreams.StartAsync("force_tcp", onlyFirst: true);
        await routed.AskAsync(atOnce: 40);
        IReadOnlyList<string> before = await routed.ConnectionsAsync();
        await RoutedUpstreams.InAsync(
            routed.Router, Table($"tcp sport {{ {string.Join(", ", before)} }} reject with tcp reset"));
        TimeSpan[] took = await routed.AskAsync(atOnce: 40);
        Assert.InRange(took.Max(), TimeSpan.Zero, s_noTimeout);
        Assert.Empty((await routed.ConnectionsAsync()).Intersect(before));
        Assert.Equal(0, await routed.OfFirstAsync("downs_total"));
    }

    private static async Task BreakAndMendAsync(RoutedUpstreams routed, Fault fault)
    {
        await fault.Begin(routed);
        for (int i = 0; i < 20; i++)
        {
            Assert.InRange(await routed.AskAsync(), TimeSpan.Zero, s_noTimeout);
        }

        await routed.AskUntilAsync(async () => await routed.OfFirstAsync("up") == 0, s_soon);
        double asked = await routed.OfFirstAsync("queries_total");
        for (int i = 0; i < 100; i++)
        {
            await routed.AskAsync();
        }

        // Down: it is asked for no client, except to try it after a probe that was answered on a way that still works.
        Assert.InRange(await routed.OfFirstAsync("queries_total") - asked, 0, 2);
        await fault.End(routed);
        await routed.AskUntilAsync(async () => await routed.OfFirstAsync("up") == 1, s_soon);
        double answers = await routed.OfFirstAsync("answers_total");
        await routed.AskUntilAsync(async () => await routed.OfFirstAsync("answers_total") >= answers + 5, s_soon);
    }

    private static Fault Rule(string verdict) => new(
        routed => RoutedUpstreams.InAsync(routed.Router, Table($"ip daddr {RoutedUpstreams.First} {verdict}")),
        routed => RoutedUpstreams.InAsync(routed.Router, "nft delete table ip fault"));

    private static string Table(string rule, string hook = "forward") =>
        $"nft 'table ip fault {{ chain way {{ type filter hook {hook} priority 0; {rule}; }}; }}'";

    private sealed record Fault(Func<RoutedUpstreams, Task> Begin, Func<RoutedUpstreams, Task> End);
}
