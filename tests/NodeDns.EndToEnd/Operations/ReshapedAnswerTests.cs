using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>Directives that make another answer of the upstream's, asked twice: as it comes and from the cache.</summary>
public sealed class ReshapedAnswerTests(ReshapedAnswerTests.ManyZones fixture)
    : ServerTests<ReshapedAnswerTests.ManyZones>(fixture)
{
    [Fact]
    public async Task Dns64_NameWithoutAaaa_GetsItsAddressEmbedded()
    {
        string name = NewName("dns64.test.");
        Upstream.On(name, RrType.Aaaa, q => q.NoData());
        Upstream.On(name, RrType.A, q => q.Address("192.0.2.64"));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("64:ff9b::c000:240", Assert.Single((await Client.UdpAsync(name, RrType.Aaaa)).Answers).Address);
        }

        Assert.Equal((1, 1), (Upstream.Count(name, RrType.Aaaa), Upstream.Count(name, RrType.A)));
    }

    [Fact]
    public async Task Dns64_NameWithAaaa_KeepsIt()
    {
        string name = NewName("dns64.test.");
        Upstream.On(name, RrType.Aaaa, q => q.Answer(DnsRecord.Aaaa(q.Name, "2001:db8::64")));
        Assert.Equal("2001:db8::64", Assert.Single((await Client.UdpAsync(name, RrType.Aaaa)).Answers).Address);
    }

    [Fact]
    public async Task Dns64_ReverseNameInThePrefix_LeadsToTheIpv4Name()
    {
        Upstream.On("64.2.0.192.in-addr.arpa.", q => q.Answer(new DnsRecord(
            q.Name, 12, RrClass.In, 60, DnsRecord.Ns("x.", "host.example.").Data)));
        string name = "0.4.2.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa.";
        DnsMessage answer = await Client.UdpAsync(name, 12);
        Assert.Equal([5, 12], answer.Answers.Select(record => (int)record.Type));
        Assert.Equal("host.example.", answer.Answers[1].Target);
    }

    [Fact]
    public async Task RewriteCname_AliasThatMatches_LeadsToTheOtherNamesAddress()
    {
        Upstream.On("alias.cname.test.", q => q.Answer(
            DnsRecord.Cname(q.Name, "old.cname.test."), DnsRecord.A("old.cname.test.", "192.0.2.1")));
        Upstream.On("new.cname.test.", q => q.Address("192.0.2.77"));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync("alias.cname.test.");
            Assert.Equal("new.cname.test.", answer.Answers[0].Target);
            Assert.Equal("192.0.2.77", answer.Answers[1].Address);
            Assert.Equal(2, answer.Answers.Count);
        }

        Assert.Equal(1, Upstream.Count("alias.cname.test."));
    }

    [Fact]
    public async Task TemplateCname_TargetIsLookedUp()
    {
        Upstream.On("target.elsewhere.test.", q => q.Address("192.0.2.88"));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync("x.chase.test.");
            Assert.Equal("target.elsewhere.test.", answer.Answers[0].Target);
            Assert.Equal("192.0.2.88", answer.Answers[1].Address);
        }
    }

    [Fact]
    public async Task RewriteTtlTypeAndRcode_ChangeTheAnswer()
    {
        DnsMessage ttl = await Client.UdpAsync(NewName("ttl.test."));
        Assert.Equal(17u, ttl.Answers[0].Ttl);

        string refused = NewName("rcode.test.");
        Upstream.On(refused, q => q.Error(Rcode.ServFail));
        Assert.Equal(Rcode.NxDomain, (await Client.UdpAsync(refused)).Rcode);

        string typed = NewName("type.test.");
        Upstream.On(typed, RrType.A, q => q.Address("192.0.2.5"));
        DnsMessage answer = await Client.UdpAsync(typed, RrType.Aaaa);
        Assert.Equal((RrType.Aaaa, 0), (answer.Question.Type, Upstream.Count(typed, RrType.Aaaa)));
    }

    [Fact]
    public async Task Header_SetsAndClearsBitsOfAnswers()
    {
        string name = NewName("header.test.");
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(name);
            Assert.Equal((true, false), (answer.Authoritative, answer.RecursionAvailable));
        }
    }

    [Fact]
    public async Task Bufsize_BoundsUdpAnswersAndOurOwnOpt()
    {
        string name = NewName("bufsize.test.");
        Upstream.On(name, q => q.Answer([.. Enumerable.Range(1, 60).Select(i => DnsRecord.A(q.Name, $"192.0.2.{i}"))]));
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns(edns => edns.UdpSize = 4096));
        Assert.True(answer.Truncated);
        Assert.Equal(600, answer.Edns!.UdpSize);
        Assert.Equal(60, (await Client.TcpAsync(name)).Answers.Count);
    }

    [Fact]
    public async Task LogAndErrors_WriteOneLineEach()
    {
        string good = NewName("log.test.");
        await Client.UdpAsync(good);
        string bad = NewName("log.test.");
        Upstream.On(bad, _ => UpstreamReply.Silence);
        await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(bad));
        await Until(() => Server.Output.Contains("plugin/errors: 2 " + bad, StringComparison.Ordinal));
        Assert.Matches($"127\\.0\\.0\\.1:\\d+ - \\d+ \"A IN {Regex.Escape(good)} udp \\d+ false \\d+\" NOERROR qr,rd,ra", Server.Output);
    }

    [Fact]
    public async Task HealthReadyAndMetrics_AnswerOverHttp()
    {
        using HttpClient http = new();
        string at = $"http://127.0.0.1:{Fixture.HttpPort}";
        Assert.Equal("OK", await http.GetStringAsync(at + "/health"));
        Assert.Equal("OK", await http.GetStringAsync(at + "/ready"));
        Assert.Contains("nodedns_queries_total", await http.GetStringAsync(at + "/metrics"), StringComparison.Ordinal);
        Assert.Equal(404, (int)(await http.GetAsync(at + "/nothing")).StatusCode);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 100 && !condition(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(condition());
    }

    /// <summary>One zone per directive.</summary>
    public sealed class ManyZones : ServerFixture
    {
        public int HttpPort { get; } = FreePort.Next();

        public override string Corefile =>
            string.Concat(Zones().Select(zone => $"{zone.Name}:{Port} {{\n bind 127.0.0.1\n {zone.Directive}\n forward . {UpstreamAddress}\n cache\n}}\n"));

        private IEnumerable<(string Name, string Directive)> Zones() =>
        [
            (".", $"health 127.0.0.1:{HttpPort}\n ready 127.0.0.1:{HttpPort}\n prometheus 127.0.0.1:{HttpPort}"),
            ("dns64.test", "dns64 {\n  allow_ipv4\n }"),
            ("ip6.arpa", "dns64 {\n  allow_ipv4\n }"),
            ("cname.test", "rewrite cname exact old.cname.test. new.cname.test."),
            ("chase.test", "template IN A {\n  answer \"{{ .Name }} 60 IN CNAME target.elsewhere.test.\"\n }"),
            ("ttl.test", "rewrite ttl suffix ttl.test 17"),
            ("rcode.test", "rewrite rcode suffix rcode.test SERVFAIL NXDOMAIN"),
            ("type.test", "rewrite type AAAA A"),
            ("header.test", "header {\n  response set aa\n  response clear ra\n }"),
            ("bufsize.test", "bufsize 600"),
            ("log.test", "log\n errors"),
        ];
    }
}
