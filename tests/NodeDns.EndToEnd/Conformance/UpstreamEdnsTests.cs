using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>EDNS(0) towards upstreams: E11 and the size and flags of section 2.1.</summary>
public sealed class UpstreamEdnsTests(UpstreamEdnsTests.OldUpstreams fixture)
    : ServerTests<UpstreamEdnsTests.OldUpstreams>(fixture)
{
    [Theory]
    [Trait("Statement", "E11")]
    [InlineData("formerr.test.")]
    [InlineData("header.test.")]
    [InlineData("notimp.test.")]
    public async Task E11_UpstreamRejectsEdns_IsAskedAgainWithoutAndRemembered(string zone)
    {
        string first = NewName(zone);
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(first).WithEdns());
        AssertAddress("192.0.2.1", answer);
        Assert.NotNull(answer.Edns);
        string second = NewName(zone);
        AssertAddress("192.0.2.1", await Client.UdpAsync(second));
        FakeUpstream old = Fixture.Old(zone);
        Assert.Null(old.QueriesFor(first)[^1].Message.Edns);
        Assert.Null(Assert.Single(old.QueriesFor(second)).Message.Edns);
    }

    [Theory]
    [Trait("Statement", "E11")]
    [InlineData("formerr.test.")]
    [InlineData("notimp.test.")]
    public async Task E11_UpstreamRejectsEdnsButDoWasAsked_IsNotAskedWithout(string zone)
    {
        string name = NewName(zone);
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(
            DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true));
        Assert.NotEqual(Rcode.NoError, answer.Rcode);
        Assert.All(Fixture.Old(zone).QueriesFor(name), q => Assert.NotNull(q.Message.Edns));
    }

    [Fact]
    [Trait("Statement", "E11")]
    public async Task E11_UpstreamAnswersWithoutOpt_IsAccepted()
    {
        string name = NewName("noopt.test.");
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        AssertAddress("192.0.2.1", answer);
        Assert.NotNull(answer.Edns);
        Assert.Equal(1, Fixture.Old("noopt.test.").Count(name));
    }

    [Fact]
    public async Task QueriesToUpstreams_HaveSize1232AndTheClientsDo()
    {
        foreach (bool dnssecOk in (bool[])[false, true])
        {
            string name = NewName();
            await Client.UdpAsync(
                DnsMessage.Query(name).WithEdns(e => e.UdpSize = 4096).WithEdns(e => e.DnssecOk = dnssecOk));
            Edns edns = Upstream.QueriesFor(name)[0].Message.Edns!;
            Assert.Equal((1232, dnssecOk, 0), (edns.UdpSize, edns.DnssecOk, edns.Version));
            Assert.Empty(edns.Options);
        }
    }

    /// <summary>One zone per kind of old upstream, and a good one for the rest.</summary>
    public sealed class OldUpstreams : ServerFixture
    {
        private readonly Dictionary<string, FakeUpstream> _old = new()
        {
            ["formerr.test."] = Rejecting(q => q.Error(Rcode.FormErr).Change(m => m.Edns = null)),
            ["header.test."] = Rejecting(q => UpstreamReply.Raw(q.HeaderOnly(Rcode.FormErr))),
            ["notimp.test."] = Rejecting(q => q.Error(Rcode.NotImp).Change(m => m.Edns = null)),
            ["noopt.test."] = Rejecting(q => q.Address("192.0.2.1").Change(m => m.Edns = null)),
        };

        public override string Corefile => Block(".", Upstream) +
            string.Concat(_old.Select(o => Block(o.Key, o.Value)));

        public FakeUpstream Old(string zone) => _old[zone];

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            foreach (FakeUpstream upstream in _old.Values)
            {
                await upstream.DisposeAsync();
            }
        }

        private static FakeUpstream Rejecting(Func<UpstreamQuery, UpstreamReply> replyToEdns) => new()
        {
            Otherwise = q => q.Message.Edns is null ? q.Address("192.0.2.1") : replyToEdns(q),
        };

        private string Block(string zone, FakeUpstream upstream) => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                forward . 127.0.0.1:{{upstream.Port}} {
                    max_fails 0
                }
                cache
            }

            """;
    }
}
