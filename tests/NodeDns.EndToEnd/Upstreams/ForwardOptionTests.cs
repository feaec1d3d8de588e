using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>The options of <c>forward</c> that decide who answers, one zone for each.</summary>
public sealed class ForwardOptionTests(ForwardOptionTests.Zones fixture) : ServerTests<ForwardOptionTests.Zones>(fixture)
{
    [Theory]
    [InlineData(Rcode.ServFail, true)]
    [InlineData(Rcode.Refused, true)]
    [InlineData(Rcode.NotImp, false)]
    public async Task Failover_OnItsCodes_TheNextUpstreamAnswers(int rcode, bool goesOn)
    {
        string name = NewName("failover.test.");
        Upstream.On(name, q => q.Error(rcode));
        Assert.Equal(goesOn ? Rcode.NoError : rcode, (await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true))).Rcode);
        Assert.Equal(goesOn ? 1 : 0, Fixture.Second.Count(name));
    }

    [Fact]
    public async Task Failover_AllSayTheSame_TheCodeIsTheAnswer()
    {
        string name = NewName("failover.test.");
        Upstream.On(name, q => q.Error(Rcode.Refused));
        Fixture.Second.On(name, q => q.Error(Rcode.Refused));
        Assert.Equal(Rcode.Refused, (await Client.UdpAsync(name)).Rcode);
        Assert.Equal((1, 1), (Upstream.Count(name), Fixture.Second.Count(name)));
    }

    [Theory]
    [InlineData("next.test.", "nxdomain", true)]
    [InlineData("next.test.", "nodata", false)]
    [InlineData("nodata.test.", "nxdomain", false)]
    [InlineData("nodata.test.", "nodata", true)]
    public async Task NextAndNextOnNodata_TheNextForwardLineAnswers(string zone, string kind, bool goesOn)
    {
        string name = NewName(zone);
        Upstream.On(name, q => kind == "nxdomain" ? q.NxDomain() : q.NoData());
        DnsMessage answer = await Client.UdpAsync(name);
        Assert.Equal(goesOn ? 1 : 0, answer.Answers.Count);
        Assert.Equal((1, goesOn ? 1 : 0), (Upstream.Count(name), Fixture.Second.Count(name)));
    }

    [Fact]
    public async Task Next_OnTheLastLine_IsTheAnswer()
    {
        string name = NewName("lastnext.test.");
        Upstream.On(name, q => q.NxDomain());
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(name)).Rcode);
    }

    [Fact]
    public async Task SeveralLines_TheFirstThatTakesTheNameIsUsed()
    {
        string inner = NewName("inner.lines.test.");
        string outer = NewName("lines.test.");
        await Client.UdpAsync(inner);
        await Client.UdpAsync(outer);
        Assert.Equal((1, 0), (Fixture.Second.Count(inner), Upstream.Count(inner)));
        Assert.Equal((0, 1), (Fixture.Second.Count(outer), Upstream.Count(outer)));
    }

    [Fact]
    public async Task Except_NobodyIsAskedForTheNames()
    {
        string name = NewName("internal.except.test.");
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.NotEqual(Rcode.NoError, answer.Rcode);
        Assert.Equal([14], answer.ErrorCodes);
        Assert.Equal(0, Upstream.Count(name));
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName("except.test.")));
    }

    [Theory]
    [InlineData("source.test.", "127.0.0.9")]
    [InlineData("othersource.test.", "127.0.0.8")]
    [InlineData("prefer.test.", "127.0.0.1")]
    public async Task SourceAddress_IsWhatTheUpstreamSees(string zone, string source)
    {
        for (int i = 0; i < 3; i++)
        {
            string name = NewName(zone);
            string between = NewName("prefer.test.");
            await Client.UdpAsync(name);
            await Client.UdpAsync(between);
            Assert.Equal(source, Upstream.QueriesFor(name)[0].Source.Address.ToString());
            Assert.Equal("127.0.0.1", Upstream.QueriesFor(between)[0].Source.Address.ToString());
        }
    }

    [Theory]
    [InlineData("force.test.", false, true)]
    [InlineData("prefer.test.", true, false)]
    [InlineData("lines.test.", true, true)]
    [InlineData("lines.test.", false, false)]
    public async Task Transport_IsWhatTheOptionOrElseTheClientSays(string zone, bool clientUsesTcp, bool upstreamUsesTcp)
    {
        string name = NewName(zone);
        _ = clientUsesTcp ? await Client.TcpAsync(name) : await Client.UdpAsync(name);
        Assert.Equal(upstreamUsesTcp, Assert.Single(Upstream.QueriesFor(name)).IsTcp);
    }

    [Theory]
    [Trait("Statement", "2.2 NXNS")]
    [InlineData("once.test.", 1)]
    [InlineData("thrice.test.", 3)]
    public async Task MaxConnectAttempts_IsHowOftenAtMostIsAsked(string zone, int attempts)
    {
        string name = NewName(zone);
        Upstream.On(name, _ => UpstreamReply.Silence);
        Fixture.Second.On(name, _ => UpstreamReply.Silence);
        Assert.Equal(Rcode.ServFail, (await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name), stepSeconds: 0.6)).Rcode);
        Assert.Equal(attempts, Upstream.Count(name) + Fixture.Second.Count(name));
    }

    [Theory]
    [InlineData("round.test.", 10, 10)]
    [InlineData("random.test.", 3, 17)]
    [InlineData("failover.test.", 20, 20)]
    public async Task Policy_SpreadsTheQuestions(string zone, int least, int most)
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(_ => NewName(zone))];
        foreach (string name in names)
        {
            await Client.UdpAsync(name);
        }

        Assert.InRange(names.Sum(n => Upstream.Count(n)), least, most);
    }

    [Fact]
    public async Task MaxConcurrent_Excess_IsServFailWithAReasonAndNotKept()
    {
        string[] waiting = [.. Enumerable.Range(0, 2).Select(_ => NewName("two.test."))];
        var gate = new TaskCompletionSource();
        foreach (string name in waiting)
        {
            Upstream.On(name, q => UpstreamReply.FromDnsMessage(q.Address("192.0.2.1")).When(gate.Task));
        }

        Task<DnsMessage>[] asked = [.. waiting.Select(n => Client.UdpAsync(n))];
        await Upstream.WaitForAsync(waiting[0], RrType.A, 1);
        await Upstream.WaitForAsync(waiting[1], RrType.A, 1);
        string excess = NewName("two.test.");
        DnsMessage refused = await Client.UdpAsync(DnsMessage.Query(excess).WithEdns());
        Assert.Equal(Rcode.ServFail, refused.Rcode);
        Assert.Equal((0, "a bound of forwarding is reached"), (refused.Edns!.Errors.First().Code, refused.Edns.Errors.First().Text));
        Assert.Equal(0, Upstream.Count(excess));

        // Who asks what is asked already waits with the others, and other zones are none of its business.
        Task<DnsMessage> joined = Client.UdpAsync(waiting[0]);
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
        gate.SetResult();
        Assert.All(await Task.WhenAll([.. asked, joined]), m => AssertAddress("192.0.2.1", m));
        AssertAddress("192.0.2.1", await Client.UdpAsync(excess));
    }

    /// <summary>One zone per option; the first upstream answers where nothing else is said.</summary>
    public sealed class Zones : ServerFixture
    {
        public FakeUpstream Second { get; } = new();

        public override string Corefile =>
            Block(".") +
            Block("failover.test", "failover SERVFAIL REFUSED", both: true) +
            Block("next.test", "next NXDOMAIN", then: $"forward . {To(Second)}") +
            Block("nodata.test", "next_on_nodata", then: $"forward . {To(Second)}") +
            Block("lastnext.test", "next NXDOMAIN") +
            Block("lines.test", first: $"forward inner.lines.test {To(Second)}") +
            Block("except.test", "except internal.except.test") +
            Block("source.test", "source_address 127.0.0.9") +
            Block("othersource.test", "source_address 127.0.0.8") +
            Block("force.test", "force_tcp") +
            Block("prefer.test", "prefer_udp") +
            Block("once.test", "max_connect_attempts 1\n hedge off\n read_timeout 500ms", both: true) +
            Block("thrice.test", "max_connect_attempts 3\n hedge off\n read_timeout 500ms", both: true) +
            Block("round.test", "policy round_robin", both: true) +
            Block("random.test", "policy random", both: true) +
            Block("two.test", "max_concurrent 2\n hedge off");

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Second.DisposeAsync();
        }

        private static string To(FakeUpstream upstream) => $"127.0.0.1:{upstream.Port}";

        private string Block(string zone, string options = "", bool both = false, string first = "", string then = "") => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                {{first}}
                forward . {{To(Upstream)}} {{(both ? To(Second) : "")}} {
                    {{(options.Contains("policy", StringComparison.Ordinal) ? "" : "policy sequential")}}
                    max_fails 0
                    {{options}}
                }
                {{then}}
                cache
            }

            """;
    }
}
