using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Conformance;

/// <summary>The 18 commands of RFC 8906 §8 and ISC's nine ednscomp commands, asked with the real dig.</summary>
[Trait("Statement", "RFC8906")]
public sealed class Rfc8906Tests(Rfc8906Tests.SignedZone fixture)
    : ServerTests<Rfc8906Tests.SignedZone>(fixture)
{
    private const string Zone = "signed.example.";

    [Theory]
    [InlineData("8.1.1", "+noedns +noad soa")]
    [InlineData("8.1.3.1", "+noedns +noad +cd soa")]
    [InlineData("8.1.3.2", "+noedns +ad soa")]
    [InlineData("8.1.3.3", "+noedns +noad +zflag soa")]
    [InlineData("8.1.3.4", "+noedns +noad +rec soa")]
    [InlineData("8.1.5", "+noedns +noad +tcp soa")]
    [InlineData("ednscomp dns", "+noedns +noad soa")]
    public async Task Basic_PlainQuery_GetsTheSoaWithoutOpt(string section, string arguments)
    {
        foreach (string cacheState in (string[])["first", "second"])
        {
            Dig dig = await DigAsync($"{arguments} {Zone}");
            Assert.True(dig is { Status: "NOERROR", HasEdns: false, HasReservedBit: false } && dig.HasRecord("SOA"),
                $"{section}, {cacheState}:\n{dig.Text}");
            Assert.Contains("rd", dig.Flags);
            Assert.Contains("ra", dig.Flags);
            Assert.DoesNotContain("ad", dig.Flags);
            Assert.Equal(arguments.Contains("+cd", StringComparison.Ordinal), HasFlag(dig, "cd"));
        }
    }

    [Fact]
    public async Task Basic_UnknownType_GetsNoErrorAndNoAnswer()
    {
        Dig dig = await DigAsync($"+noedns +noad type1000 {Zone}");
        Assert.True(dig is { Status: "NOERROR", Answers: 0, HasEdns: false, HasReservedBit: false }, dig.Text);
    }

    [Fact]
    public async Task Basic_UnknownOpcode_GetsEmptyNotImp()
    {
        Dig dig = await DigAsync("+noedns +noad +opcode=15 +norec +header-only");
        Assert.True(dig is { Status: "NOTIMP", Opcode: "RESERVED15", Questions: 0, Answers: 0, Authority: 0, Additional: 0 },
            dig.Text);
        Assert.False(dig.HasEdns || HasFlag(dig, "aa") || HasFlag(dig, "rd") || HasFlag(dig, "ad"), dig.Text);
    }

    [Theory]
    [InlineData("8.2.1", "+nocookie +edns=0 +noad soa", "")]
    [InlineData("8.2.3", "+nocookie +edns=0 +noad +ednsopt=100 soa", "")]
    [InlineData("8.2.4", "+nocookie +edns=0 +noad +ednsflags=0x40 soa", "")]
    [InlineData("8.2.8", "+nocookie +edns=0 +noad +dnssec soa", "do")]
    [InlineData("8.2.10", "+edns=0 +noad +cookie +nsid +expire +subnet=0.0.0.0/0 soa", "")]
    [InlineData("ednscomp edns", "+nocookie +edns=0 +noad soa", "")]
    [InlineData("ednscomp ednsopt", "+nocookie +edns=0 +noad +ednsopt=100 soa", "")]
    [InlineData("ednscomp ednsflags", "+nocookie +edns=0 +noad +ednsflags=0x80 soa", "")]
    [InlineData("ednscomp do", "+nocookie +edns=0 +noad +dnssec soa", "do")]
    [InlineData("ednscomp optlist", "+edns=0 +noad +nsid +subnet=0.0.0.0/0 +expire +cookie=0102030405060708 soa", "")]
    public async Task Extended_EdnsVersion0_GetsTheSoaAndOptWithoutEchoes(string section, string arguments, string flags)
    {
        foreach (string cacheState in (string[])["first", "second"])
        {
            Dig dig = await DigAsync($"{arguments} {Zone}");
            Assert.True(dig is { Status: "NOERROR", EdnsVersion: "0", HasReservedBit: false } && dig.HasRecord("SOA"),
                $"{section}, {cacheState}:\n{dig.Text}");
            Assert.Equal(flags, dig.EdnsFlags);
            Assert.DoesNotContain(dig.EdnsOptions, o => o.Contains("OPT=100", StringComparison.Ordinal));
            Assert.DoesNotContain(dig.EdnsOptions, o => o.Contains("CLIENT-SUBNET", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("8.2.2", "+nocookie +edns=1 +noednsneg +noad soa")]
    [InlineData("8.2.5", "+nocookie +edns=1 +noednsneg +noad +ednsflags=0x40 soa")]
    [InlineData("8.2.6", "+nocookie +edns=1 +noednsneg +noad +ednsopt=100 soa")]
    [InlineData("8.2.9", "+nocookie +edns=1 +noednsneg +noad +dnssec soa")]
    [InlineData("ednscomp edns1", "+nocookie +edns=100 +noednsneg +noad soa")]
    [InlineData("ednscomp edns1opt", "+nocookie +edns=100 +noednsneg +noad +ednsopt=100 soa")]
    public async Task Extended_OtherEdnsVersion_GetsBadVersAndNothingElse(string section, string arguments)
    {
        Dig dig = await DigAsync($"{arguments} {Zone}");
        Assert.True(dig is { Status: "BADVERS", EdnsVersion: "0", Answers: 0, HasReservedBit: false },
            $"{section}:\n{dig.Text}");
        Assert.False(dig.HasRecord("SOA"));
        Assert.Empty(dig.EdnsOptions);
    }

    [Theory]
    [InlineData("8.2.7")]
    [InlineData("ednscomp edns512")]
    public async Task Extended_LargeAnswerIn512Bytes_IsTruncatedWithOpt(string section)
    {
        Dig dig = await DigAsync($"+dnssec +bufsize=512 +ignore dnskey {Zone}");
        Assert.True(dig is { Status: "NOERROR", EdnsVersion: "0" } && HasFlag(dig, "tc"), $"{section}:\n{dig.Text}");
        Dig whole = await DigAsync($"+dnssec +bufsize=512 dnskey {Zone}");
        Assert.True(whole.HasRecord("DNSKEY") && whole.HasRecord("RRSIG") && !HasFlag(whole, "tc"), whole.Text);
    }

    private static bool HasFlag(Dig dig, string flag) => ((ICollection<string>)[.. dig.Flags]).Contains(flag);

    private Task<Dig> DigAsync(string arguments) => Dig.RunAsync(Server.Port, arguments);

    /// <summary>A zone with a SOA and a DNSKEY set of more than 512 bytes.</summary>
    public sealed class SignedZone : ServerFixture
    {
        public SignedZone()
        {
            Upstream.On(Zone, RrType.Soa, q => Signed(q, DnsRecord.Soa(q.Name, 3600, 300)));
            Upstream.On(Zone, RrType.Dnskey, q => Signed(q,
                DnsRecord.Unknown(q.Name, RrType.Dnskey, [1, 1, 3, 8, .. new byte[300]]),
                DnsRecord.Unknown(q.Name, RrType.Dnskey, [1, 0, 3, 8, .. new byte[300]])));
        }

        public override string Corefile => $$"""
            .:{{Port}} {
                bind 127.0.0.1
                forward . {{UpstreamAddress}}
                cache
            }
            """;

        private static UpstreamReply Signed(UpstreamQuery query, params DnsRecord[] records) =>
            query.Message.Edns is { DnssecOk: true }
                ? query.Answer([.. records, DnsRecord.Rrsig(query.Name, query.Type)])
                : query.Answer(records);
    }
}
