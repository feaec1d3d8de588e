using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>The option <c>mix_case</c>: capitals of the name are a secret that the answer has to repeat.</summary>
public sealed class MixedCaseTests
{
    private const string Name = "a-name-with-enough-letters-to-tell.mixed.example.";

    [Fact]
    [Trait("Statement", "2.1 0x20")]
    public async Task Names_GoOutInOtherCapitalsEachTimeAndClientsSeeTheirOwn()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"{(char)('a' + i)}.{Name}")];
        foreach (string name in names)
        {
            string asked = name.Replace("letters", "LeTTers", StringComparison.Ordinal);
            DnsMessage answer = await one.AskAsync(asked);
            Assert.Equal((asked, asked, 1), (answer.Question.Name, answer.Answers[0].Name, answer.Answers.Count));
        }

        HashSet<string> sent = [.. names.Select(name => Assert.Single(upstream.QueriesFor(name)).Name[2..])];
        Assert.Equal(names.Length, sent.Count);
        Assert.Equal(Rcode.NoError, (await one.AskAsync(names[0].ToUpperInvariant())).Rcode);
        Assert.Equal(1, upstream.Count(names[0]));
        Assert.Equal(0, await one.FaultsAsync("wrong_case"));
    }

    [Fact]
    [Trait("Statement", "2.1 0x20")]
    public async Task RightIdInOtherLetters_IsNotTakenAndTheQuestionGoesOverTcp()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        upstream.On(Name, query => query.IsTcp ? query.Address("192.0.2.7") : InSmallLetters(query, "6.6.6.6"));
        Assert.Equal("192.0.2.7", (await one.AskAsync(Name)).Answers[0].Address);
        Assert.Equal("192.0.2.7", (await one.AskAsync(Name)).Answers[0].Address);
        Assert.Equal([false, true], upstream.QueriesFor(Name).Select(query => query.IsTcp));
        Assert.Equal(1, await one.FaultsAsync("wrong_case"));
        Assert.Equal(1, await one.MetricAsync("nodedns_upstream_near_misses_total"));
        Assert.Equal(0, await one.MetricAsync("nodedns_upstream_network_errors_total"));

        // One forger does not make it give up its capitals.
        await one.AskAsync("next." + Name);
        Assert.NotEqual("next." + Name, upstream.QueriesFor("next." + Name)[0].Name);
    }

    [Fact]
    [Trait("Statement", "2.1 0x20")]
    public async Task UpstreamThatNeverRepeatsThem_IsAskedInSmallLettersForAWhile()
    {
        await using FakeUpstream upstream = new();
        await using OneServer one = await StartAsync(upstream);
        upstream.Override = query => query.IsTcp || query.Type != RrType.A ? null : InSmallLetters(query, "192.0.2.1");
        for (int i = 0; i < 12; i++)
        {
            Assert.Equal("192.0.2.1", (await one.AskAsync($"n{i}.{Name}")).Answers[0].Address);
        }

        Assert.Equal(8, await one.FaultsAsync("wrong_case"));
        Assert.True(await one.Server.WaitForOutputAsync("does not repeat the letters of its questions; mix_case is off for it"));
        UpstreamQuery last = Assert.Single(upstream.QueriesFor($"n11.{Name}"));
        Assert.Equal(($"n11.{Name}", false), (last.Name, last.IsTcp));

        upstream.Override = null;
        await one.Server.AdvanceClockAsync(301);
        await one.AskAsync($"later.{Name}");
        Assert.NotEqual($"later.{Name}", upstream.QueriesFor($"later.{Name}")[0].Name);
    }

    [Fact]
    [Trait("Statement", "2.1 0x20")]
    public async Task OverTcpAndWithoutTheOption_NamesGoOutInSmallLetters()
    {
        await using FakeUpstream upstream = new();
        await using OneServer tcp = await StartAsync(upstream, "force_tcp");
        await using OneServer plain = await OneServer.StartAsync($"127.0.0.1:{upstream.Port}");
        await tcp.AskAsync("TCP." + Name);
        await plain.AskAsync("UDP." + Name);
        Assert.Equal("tcp." + Name, upstream.QueriesFor("tcp." + Name)[0].Name);
        Assert.Equal("udp." + Name, upstream.QueriesFor("udp." + Name)[0].Name);
    }

    private static UpstreamReply InSmallLetters(UpstreamQuery query, string address)
    {
        DnsMessage answer = query.Address(address);
        answer.Questions[0] = answer.Questions[0] with { Name = query.Name.ToLowerInvariant() };
        return answer;
    }

    private static Task<OneServer> StartAsync(FakeUpstream upstream, string option = "") =>
        OneServer.StartAsync($"127.0.0.1:{upstream.Port}", $"mix_case\n{option}");
}
