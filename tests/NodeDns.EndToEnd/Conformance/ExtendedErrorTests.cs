using System;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>Extended errors (RFC 8914): the codes of section 1.5 that apply to a forwarder and its filters.</summary>
/// <remarks>Codes 3, 19, 20 and 21 are tested where they arise: StaleTests, CoreAnswerTests, SpecialQuestionTests.</remarks>
[Trait("Statement", "EDE")]
public sealed class ExtendedErrorTests(ExtendedErrorTests.Failing fixture)
    : ServerTests<ExtendedErrorTests.Failing>(fixture)
{
    [Fact]
    [Trait("Statement", "EDE 22")]
    public async Task Ede22_AllUpstreamsTimeOut_IsOnTheServFail()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Silence);
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        Assert.Contains(22, answer.ErrorCodes);
    }

    [Fact]
    [Trait("Statement", "EDE 23")]
    public async Task Ede23_UpstreamRefusesPackets_IsOnTheServFail()
    {
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(NewName("closed.test.")).WithEdns());
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        ExtendedDnsError error = Assert.Single(answer.Edns!.Errors, e => e.Code == 23);
        Assert.Contains("127.0.0.1:", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Statement", "EDE 13")]
    [InlineData("example.")]
    [InlineData("closed.test.")]
    public async Task Ede13_KeptFailure_IsOnTheServFail(string zone)
    {
        string name = NewName(zone);
        Upstream.On(name, q => q.Error(Rcode.ServFail));
        await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        Assert.Equal([13], answer.ErrorCodes);
    }

    [Fact]
    [Trait("Statement", "EDE 14")]
    public async Task Ede14_NobodyToAsk_IsOnTheAnswer()
    {
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(NewName("nobody.test.")).WithEdns());
        Assert.NotEqual(Rcode.NoError, answer.Rcode);
        Assert.Equal([14], answer.ErrorCodes);
    }

    [Fact]
    [Trait("Statement", "EDE 24")]
    public async Task Ede24_OnlyMalformedAnswers_IsOnTheServFail()
    {
        string name = NewName();
        Upstream.On(name, q => UpstreamReply.Raw(q.Address("192.0.2.1").Encode()[..^3]));
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        Assert.Contains(24, answer.ErrorCodes);
    }

    [Theory]
    [Trait("Statement", "EDE 16")]
    [Trait("Statement", "EDE 18")]
    [InlineData("censored.test.", 16, "by order of a court")]
    [InlineData("prohibited.test.", 18, "not for this client")]
    public async Task Ede16And18_AreTheOperatorsToGive(string zone, int code, string text)
    {
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(NewName(zone)).WithEdns());
        Assert.Equal(Rcode.Refused, answer.Rcode);
        Assert.Equal([new ExtendedDnsError(code, text)], answer.Edns!.Errors);
    }

    [Fact]
    public async Task EdeOfTheUpstream_IsPassedOnWithItsOrigin()
    {
        string name = NewName();
        Upstream.On(name, q => q.Error(Rcode.ServFail).WithEdns(e => e.WithError(6, "bogus signature")));
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        ExtendedDnsError error = Assert.Single(answer.Edns!.Errors, e => e.Code == 6);
        Assert.Contains("127.0.0.1", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralEdesOfTheUpstream_TheFirstIsPassedOnAndItsTextIsNotTheirs()
    {
        string name = NewName();
        string text = new('x', 400);
        Upstream.On(name, q => q.Address("192.0.2.1")
            .WithEdns(e => e.With(EdnsOptionCode.Padding, 0, 0).WithError(4, text).WithError(17, text).With(EdnsOptionCode.Nsid, 1)));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
            AssertAddress("192.0.2.1", answer);
            ExtendedDnsError error = Assert.Single(answer.Edns!.Errors);
            Assert.Equal(4, error.Code);
            Assert.InRange(error.Text.Length, 0, 64);
        }

        Assert.Equal(1, Upstream.Count(name));
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(1232, false)]
    public async Task EdeThatDoesNotFit_GoesBeforeTheAnswerAndTcSaysSo(int clientSize, bool isDropped)
    {
        string name = NewName();

        // Behind header, question, one record and OPT are 5 bytes left of 512; the smallest extended error has 6.
        int data = 512 - 5 - DnsMessage.HeaderLength - (DnsName.ToWire(name).Length + 4) - 12 - 11;
        Upstream.On(name, q => q.Answer(DnsRecord.Unknown(q.Name, 65280, new byte[data]))
            .WithEdns(e => e.WithError(4, "")));
        for (int i = 0; i < 2; i++)
        {
            DnsMessage answer = await Client.UdpAsync(
                DnsMessage.Query(name, 65280).WithEdns(e => e.UdpSize = (ushort)clientSize));
            Assert.Equal(data, Assert.Single(answer.Answers).Data.Length);
            Assert.Equal(isDropped, answer.Truncated);
            Assert.Equal(isDropped ? [] : [4], answer.ErrorCodes);
        }
    }

    [Theory]
    [Trait("Statement", "EDE 15")]
    [Trait("Statement", "EDE 17")]
    [InlineData("n1.denied.test.", 15)]
    [InlineData("a.b.junk.test.", 17)]
    public async Task DeniedNames_GetNxDomainWithSoaAndTheirCode(string name, int code)
    {
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(name).WithEdns());
        Assert.Equal(Rcode.NxDomain, answer.Rcode);
        Assert.Equal(RrType.Soa, Assert.Single(answer.Authority).Type);
        Assert.Equal([code], answer.ErrorCodes);
        Assert.Equal(0, Upstream.Count(name));
        DnsMessage plain = await Client.UdpAsync(name);
        Assert.Equal((Rcode.NxDomain, null), (plain.Rcode, plain.Edns));
    }

    [Fact]
    [Trait("Statement", "EDE 15")]
    public async Task RefusedByAcl_HasACodeThatSaysSo()
    {
        DnsMessage answer = await Client.UdpAsync(DnsMessage.Query(NewName("acl.test."), RrType.Txt).WithEdns());
        Assert.Equal(Rcode.Refused, answer.Rcode);
        // As CoreDNS; RFC 8914 has 18 (Prohibited) for it.
        Assert.Equal([15], answer.ErrorCodes);
    }

    [Theory]
    [InlineData("closed.test.")]
    [InlineData("denied.test.")]
    [InlineData("acl.test.")]
    public async Task QueriesWithoutOpt_NeverGetOne(string zone)
    {
        DnsMessage answer = await Fixture.AskWhileTimeFliesAsync(DnsMessage.Query(NewName(zone), RrType.Txt));
        Assert.NotEqual(Rcode.NoError, answer.Rcode);
        Assert.Null(answer.Edns);
    }

    /// <summary>Zones that fail or are filtered, each in its way.</summary>
    public sealed class Failing : ServerFixture
    {
        private readonly int _closedPort = FreePort.Next();

        public override string Corefile =>
            Block(".", Upstream.Port) +
            Block("closed.test", _closedPort) +
            $"nobody.test:{Port} {{\n bind 127.0.0.1\n hosts {{\n 192.0.2.3 known.nobody.test\n fallthrough\n }}\n}}\n" +
            Block("denied.test", Upstream.Port, "deny denied.test") +
            Block("junk.test", Upstream.Port, "ndots_filter") +
            Block("censored.test", Upstream.Port, Refusing("16 \"by order of a court\"")) +
            Block("prohibited.test", Upstream.Port, Refusing("18 \"not for this client\"")) +
            Block("acl.test", Upstream.Port, "acl {\n        block type TXT net 127.0.0.0/8\n    }");

        private static string Refusing(string error) => $"template ANY ANY {{\n rcode REFUSED\n ederror {error}\n }}";

        private string Block(string zone, int upstream, string directive = "") => $$"""
            {{zone}}:{{Port}} {
                bind 127.0.0.1
                {{directive}}
                forward . 127.0.0.1:{{upstream}} {
                    max_fails 0
                }
                cache
            }

            """;
    }
}
