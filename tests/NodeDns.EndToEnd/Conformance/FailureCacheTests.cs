using System;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>RFC 9520: what failed is not asked again at once, longer each time, and nobody waits for it (N6, N7).</summary>
public sealed class FailureCacheTests(FailureCacheTests.Servers fixture) : ServerTests<FailureCacheTests.Servers>(fixture)
{
    [Fact]
    [Trait("Statement", "N6")]
    public async Task N6_FailureAfterFailure_IsKeptTwiceAsLongUpToTheCap()
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await AskAsync(name, expectedCount: 1);
        await StepAsync(name, quiet: 3, rest: 2.5, expectedCount: 2);   // 5 s
        await StepAsync(name, quiet: 7, rest: 3.5, expectedCount: 3);   // 10 s
        await StepAsync(name, quiet: 16, rest: 4.5, expectedCount: 4);  // 20 s
        await StepAsync(name, quiet: 26, rest: 4.5, expectedCount: 5);  // 30 s, where the Corefile names no other
        await StepAsync(name, quiet: 26, rest: 4.5, expectedCount: 6);

        Upstream.On(name, q => q.Address("192.0.2.1", 60));
        await Server.AdvanceClockAsync(31);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await Server.AdvanceClockAsync(61);
        await AskAsync(name, expectedCount: 8);
        await StepAsync(name, quiet: 3, rest: 2.5, expectedCount: 9);   // An answer makes it begin anew.
    }

    [Theory]
    [Trait("Statement", "N6")]
    [InlineData("seven.test.", 5, 2.5, 4.5)]
    [InlineData("five.test.", 3, 2.5, 3)]
    public async Task N6_ServfailDuration_IsTheLongestTime(string zone, double quiet, double rest, double first)
    {
        string name = NewName(zone);
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await AskAsync(name, expectedCount: 1);
        await Server.AdvanceClockAsync(first + 1);
        for (int count = 2; count < 5; count++)
        {
            await Server.AdvanceClockAsync(rest);
            await AskAsync(name, count);
            await Server.AdvanceClockAsync(quiet);
            await AskAsync(name, count);
        }
    }

    [Theory]
    [InlineData("off.test.")]
    [InlineData("bare.test.")]
    public async Task FailuresSwitchedOff_EveryQuestionGoesUpstream(string zone)
    {
        string name = NewName(zone);
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await AskAsync(name, expectedCount: 1);
        await AskAsync(name, expectedCount: 2);
    }

    [Theory]
    [Trait("Statement", "N6")]
    [InlineData(Rcode.Refused)]
    [InlineData(Rcode.NotImp)]
    [InlineData(Rcode.FormErr)]
    public async Task N6_OtherErrors_AreFailuresToo(int rcode)
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(rcode));
        DnsMessage first = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true));
        int count = Upstream.Count(name);
        DnsMessage second = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true));
        Assert.Equal((rcode, rcode, count), (first.Rcode, second.Rcode, Upstream.Count(name)));
        Assert.Equal([13], second.ErrorCodes);
    }

    [Fact]
    [Trait("Statement", "N7")]
    public async Task N7_SilentUpstream_OnlyTheFirstAskerWaits()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Silence);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name))).Rcode);
        int tries = Upstream.Count(name);
        for (int i = 0; i < 50; i++)
        {
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(), TimeSpan.FromSeconds(1));
            Assert.Equal(Rcode.ServFail, answer.Rcode);
            Assert.Equal([13], answer.ErrorCodes);
        }

        Assert.Equal(tries, Upstream.Count(name));
    }

    [Fact]
    [Trait("Statement", "D2")]
    public async Task D2_FailureWithCdClear_SaysNothingOfCdSetAndTheOtherWayRound()
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await AskAsync(name, expectedCount: 1);
        for (int i = 0; i < 3; i++)
        {
            await Client.UdpAsync(DnsMessage.Query(name).With(HeaderBits.CheckingDisabled));
        }

        // One question of its own for CD=1, whose failure is kept as any other: the bit opens no way around N7.
        Assert.Equal(2, Upstream.Count(name));
    }

    private async Task StepAsync(string name, double quiet, double rest, int expectedCount)
    {
        await Server.AdvanceClockAsync(quiet);
        await AskAsync(name, expectedCount - 1);
        await Server.AdvanceClockAsync(rest);
        await AskAsync(name, expectedCount);
    }

    private async Task AskAsync(string name, int expectedCount)
    {
        Assert.Equal(Rcode.ServFail, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal(expectedCount, Upstream.Count(name));
    }

    /// <summary>Zones that keep failures for different times.</summary>
    public sealed class Servers : ServerFixture
    {
        public override string Corefile =>
            Block(".", "cache") +
            Block("seven.test", "cache {\n servfail 7s\n }") +
            Block("five.test", "cache {\n servfail 5s\n }") +
            Block("off.test", "cache {\n servfail 0\n }") +
            Block("bare.test", "");

        private string Block(string zone, string cache) => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}} {
                    max_fails 0
                }
                {{cache}}
            }

            """;
    }
}
