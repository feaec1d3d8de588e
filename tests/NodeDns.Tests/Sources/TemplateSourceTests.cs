using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Sources;
using NodeDns.TestKit;
using NodeDns.Tests.Filters;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Sources;

public class TemplateSourceTests
{
    private static TemplateConfig Config(string zone = "example.", params string[] matches) => new()
    {
        Class = TemplateConfig.AnyClass,
        Type = TemplateConfig.AnyType,
        Zones = [zone],
        Matches = matches.Length == 0 ? [".*"] : [.. matches],
    };

    private static TemplateSource Compile(params TemplateConfig[] configs)
    {
        List<ConfigError> errors = [];
        TemplateSource source = TemplateSource.Compile(configs, errors);
        Assert.Empty(errors);
        return source;
    }

    private static SourceVerdict Try(TemplateSource source, Asked asked, out SourceResult detail)
    {
        ResponseWriter writer = new(new byte[WireLimits.MaxMessageLength]);
        detail = new SourceResult();
        return source.TryAnswer(asked.Context, ref writer, ref detail);
    }

    private static DnsMessage Answer(TemplateSource source, Asked asked)
    {
        DnsMessage answer = asked.Answer((in QueryContext query, ref ResponseWriter writer) =>
        {
            SourceResult detail = new();
            SourceVerdict verdict = source.TryAnswer(query, ref writer, ref detail);
            Assert.True(verdict == SourceVerdict.Answered, detail.Failure);
            return true;
        });
        Assert.True(answer.Authoritative);
        return answer;
    }

    private static TemplateSource HomelabLan() => Compile(
        Config("viktorbarzin.lan.", @".*\..*\.viktorbarzin\.lan\.$") with
        {
            Rcode = 3,
            Authorities = ["{{ .Zone }} 60 IN SOA ns.{{ .Zone }} hostmaster.{{ .Zone }} 1 60 60 60 60"],
            Fallthrough = ["viktorbarzin.lan."],
        });

    [Theory]
    [InlineData("www.cloudflare.com.viktorbarzin.lan.", RrType.A)]
    [InlineData("WWW.Cloudflare.com.viktorbarzin.LAN.", RrType.Aaaa)]
    [InlineData("a\\.b.viktorbarzin.lan.", RrType.A)]
    public void TryAnswer_HomelabSearchListJunk_IsNxdomainWithSoa(string name, ushort type)
    {
        DnsMessage answer = Answer(HomelabLan(), new Asked(name, type));

        Assert.Equal(Rcode.NxDomain, answer.Rcode);
        DnsRecord soa = Assert.Single(answer.AllRecords);
        Assert.Equal(("viktorbarzin.lan.", RrType.Soa, 60u), (soa.Name.ToLowerInvariant(), soa.Type, soa.Ttl));
        Assert.Equal(DnsName.ToWire("ns.viktorbarzin.lan."), soa.Data[..21]);
        Assert.Same(soa, Assert.Single(answer.Authority));
    }

    [Theory]
    [InlineData("idrac.viktorbarzin.lan.")]
    [InlineData("viktorbarzin.lan.")]
    [InlineData("example.com.")]
    public void TryAnswer_HomelabOtherNames_FallThrough(string name) =>
        Assert.Equal(SourceVerdict.Pass, Try(HomelabLan(), new Asked(name), out _));

    [Fact]
    public void TryAnswer_NoPatternFitsAndNoFallthrough_IsServfail()
    {
        TemplateSource source = Compile(Config("example.", @"^a\.example\.$"));
        Assert.Equal(SourceVerdict.ServFail, Try(source, new Asked("b.example."), out SourceResult detail));
        Assert.Contains("fallthrough", detail.Failure);
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("b.example.org."), out _));
    }

    [Fact]
    public void TryAnswer_FallthroughOfOneZone_CountsOnlyThere()
    {
        TemplateSource source = Compile(Config(".", "^nothing$") with { Fallthrough = ["in-addr.arpa."] });
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("1.in-addr.arpa."), out _));
        Assert.Equal(SourceVerdict.ServFail, Try(source, new Asked("1.ip6.arpa."), out _));
    }

    [Fact]
    public void TryAnswer_ClassOrTypeOfAnother_GoesToTheNextTemplate()
    {
        TemplateSource source = Compile(
            Config() with { Type = RrType.Aaaa, Rcode = 3 },
            Config() with { Class = RrClass.Chaos, Rcode = 5 },
            Config() with { Type = RrType.A, Class = RrClass.In, Answers = ["{{ .Name }} 5 {{ .Class }} {{ .Type }} 192.0.2.5"] });

        DnsRecord record = Assert.Single(Answer(source, new Asked("Host.example.")).Answers);
        Assert.Equal(("192.0.2.5", 5u, "host.example."), (record.Address, record.Ttl, record.Name.ToLowerInvariant()));
        Assert.Equal(Rcode.NxDomain, Answer(source, new Asked("host.example.", RrType.Aaaa)).Rcode);
        Assert.Equal(Rcode.Refused, Answer(source, new Asked("host.example.", RrType.Txt, @class: RrClass.Chaos)).Rcode);
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("host.example.", RrType.Mx), out _));
    }

    [Fact]
    public void TryAnswer_NamedGroups_BuildAddressesInBothDirections()
    {
        TemplateSource source = Compile(
            Config("example.", @"(^|[.])ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$") with
            {
                Answers = ["{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"],
            },
            Config("in-addr.arpa.", @"^(?P<d>[0-9]*)[.](?P<c>[0-9]*)[.](?P<b>[0-9]*)[.](?P<a>[0-9]*)[.]in-addr[.]arpa[.]$") with
            {
                Answers = ["{{ .Name }} 60 IN PTR ip-{{ .Group.a }}-{{ .Group.b }}-{{ .Group.c }}-{{ .Group.d }}.example."],
            });

        Assert.Equal("10.1.2.3", Assert.Single(Answer(source, new Asked("x.ip-10-1-2-3.example.")).Answers).Address);
        Assert.Equal(
            "ip-10-1-2-3.example.",
            Assert.Single(Answer(source, new Asked("3.2.1.10.in-addr.arpa.", RrType.ReversePointer)).Answers).Target);
    }

    [Fact]
    public void TryAnswer_HexadecimalAddress_IsParsed()
    {
        TemplateSource source = Compile(
            Config("example.", "^ip0a(?P<b>[a-f0-9]{2})(?P<c>[a-f0-9]{2})(?P<d>[a-f0-9]{2})[.]example[.]$") with
            {
                Answers =
                [
                    "{{ .Name }} 60 IN A 10.{{ parseInt .Group.b 16 8 }}.{{ parseInt .Group.c 16 8 }}.{{ parseInt .Group.d 16 8 }}",
                ],
            });
        Assert.Equal("10.95.12.8", Assert.Single(Answer(source, new Asked("ip0a5f0c08.example.")).Answers).Address);
    }

    [Fact]
    public void TryAnswer_AllSections_AreFilledInOrder()
    {
        TemplateSource source = Compile(Config("example.", "^ip-10-(?P<b>[0-9]*)[.]example[.]$") with
        {
            Answers = ["{{ .Name }} 60 IN MX 10 {{ .Name }}"],
            Additionals = ["{{ .Name }} 60 IN A 10.0.0.{{ .Group.b }}", "ns0.example. 60 IN A 203.0.113.8"],
            Authorities = ["example. 60 IN NS ns0.example.", "{{ if false }}never{{ end }}"],
        });
        DnsMessage answer = Answer(source, new Asked("ip-10-7.example.", RrType.Mx));

        Assert.Equal(RrType.Mx, Assert.Single(answer.Answers).Type);
        Assert.Equal("ns0.example.", Assert.Single(answer.Authority).Target);
        Assert.Equal(["10.0.0.7", "203.0.113.8"], answer.Additional.Select(r => r.Address));
    }

    [Theory]
    [InlineData("{{ .Name }} 60 IN A 10.0.0.300", "bad data")]
    [InlineData("{{ .Name }} 60 IN A {{ index .Match 9 }}", "index")]
    [InlineData("{{ .Name }} 60 IN A {{ parseInt \"gone\" 16 8 }}", "parseInt")]
    [InlineData("{{ .Nope }}", "Nope")]
    [InlineData("{{ .Group.none }}", "TTL, a class or a record type")]
    public void TryAnswer_BadRenderedRecord_IsServfailWithTheReason(string answer, string reason)
    {
        TemplateSource source = Compile(Config() with { Answers = [answer] });
        SourceVerdict verdict = Try(source, new Asked("a.example."), out SourceResult detail);
        Assert.Equal(SourceVerdict.ServFail, verdict);
        Assert.Contains(answer, detail.Failure);
        Assert.True(detail.Failure!.Contains(reason) || reason.StartsWith("TTL", StringComparison.Ordinal), detail.Failure);
    }

    [Fact]
    public void TryAnswer_RcodeServfail_IsReturnedNotWritten() =>
        Assert.Equal(
            SourceVerdict.ServFail, Try(Compile(Config() with { Rcode = 2 }), new Asked("a.example."), out _));

    [Fact]
    public void TryAnswer_ExtendedError_IsReported()
    {
        TemplateSource source = Compile(
            Config() with { Rcode = 3, ExtendedError = new TemplateErrorConfig(21, "Blocked by RFC2606") });
        Assert.Equal(SourceVerdict.Answered, Try(source, new Asked("a.example."), out SourceResult detail));
        Assert.Equal(ExtendedError.NotSupported, detail.Error);
        Assert.Equal("Blocked by RFC2606", Encoding.UTF8.GetString(detail.ErrorText.Span));
        Try(Compile(Config()), new Asked("a.example."), out detail);
        Assert.Equal(ExtendedError.None, detail.Error);
    }

    [Fact]
    public void TryAnswer_Cname_ReportsTheTargetForAddressQuestionsOnly()
    {
        TemplateSource source = Compile(
            Config("foogle.com.", @"^foogle\.com\.$") with { Answers = ["foogle.com 60 IN CNAME Google.com"] });

        Assert.Equal(SourceVerdict.Answered, Try(source, new Asked("foogle.com."), out SourceResult detail));
        Assert.Equal(DnsName.ToWire("Google.com."), detail.ChaseTarget);
        Try(source, new Asked("foogle.com.", RrType.Txt), out detail);
        Assert.Null(detail.ChaseTarget);

        TemplateSource complete = Compile(
            Config() with { Answers = ["{{ .Name }} CNAME t.example.", "t.example. A 192.0.2.1"] });
        Try(complete, new Asked("a.example."), out detail);
        Assert.Null(detail.ChaseTarget);
    }

    [Fact]
    public void TryAnswer_Variables_TellAboutTheQuestion()
    {
        TemplateSource source = Compile(Config("example.") with
        {
            Zones = ["example.", "sub.example."],
            Answers =
            [
                "{{ .Name }} TXT \"{{ .Zone }}|{{ .Remote }}|{{ .Question.Name }}|{{ .Question.Qtype }}|{{ .Message.Id }}"
                + "|{{ .Message.RecursionDesired }}|{{ len .Message.Question }}|{{ .Meta \"x/y\" }}|{{ .Type }}\"",
            ],
        });
        Asked asked = new("A.sub.example.", 65280, "2001:db8::9", change: query => query.Id = 4711);

        Assert.Equal(
            "sub.example.|2001:db8::9|A.sub.example.|65280|4711|true|1||TYPE65280",
            Assert.Single(Answer(source, asked).Answers).Text);
    }

    [Theory]
    [InlineData("q\\\"x\\\\y\\000.example.")]
    [InlineData("a\\.b\\;c\\(d\\)e.example.")]
    [InlineData("\\@\\$\\ x.example.")]
    public void TryAnswer_NameThatIsSyntax_StaysAName(string name)
    {
        TemplateSource source = Compile(Config() with { Answers = ["{{ .Name }} 60 IN A 192.0.2.1"] });
        DnsMessage answer = Answer(source, new Asked(name));
        Assert.Equal(DnsName.ToWire(name), DnsName.ToWire(Assert.Single(answer.Answers).Name));
    }

    [Fact]
    public void TryAnswer_ManyPatterns_TheFirstThatMatchesCounts()
    {
        TemplateSource source = Compile(Config("example.", "^(?P<x>a)", "(?P<x>example)") with
        {
            Answers = ["{{ .Name }} TXT {{ .Group.x }}-{{ index .Match 0 }}"],
        });
        Assert.Equal("a-a", Assert.Single(Answer(source, new Asked("a.example.")).Answers).Text);
        Assert.Equal("example-example", Assert.Single(Answer(source, new Asked("b.example.")).Answers).Text);
    }

    private static TemplateSource LocalAddressesOnly() => Compile(
        Config("example.com.", "^(?P<ip>[0-9]{1,3}(-[0-9]{1,3}){3})[.](?P<id>[a-z2-7]{4})[.]example[.]com[.]$") with
        {
            Variables = [new TemplateVariableConfig("ip", "replace(group('ip'), '-', '.')")],
            Expressions = ["any(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], incidr(ip, #))"],
            Answers = ["{{ .Name }} 60 IN A {{ .Var.ip }}"],
            Fallthrough = ["."],
        });

    [Fact]
    public void TryAnswer_VarAndExpr_HoldOrFallThrough()
    {
        TemplateSource source = LocalAddressesOnly();
        Assert.Equal("10.1.2.3", Assert.Single(Answer(source, new Asked("10-1-2-3.abcd.example.com.")).Answers).Address);
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("8-8-8-8.abcd.example.com."), out _));
        Assert.Equal(SourceVerdict.Pass, Try(source, new Asked("999-8-8-8.abcd.example.com."), out _));
    }

    [Theory]
    [InlineData("1 + 'a' == 2")]
    [InlineData("'text'")]
    public void TryAnswer_ExprThatFails_IsServfailWithTheReason(string expression)
    {
        TemplateSource source = Compile(Config() with { Expressions = [expression], Fallthrough = ["."] });
        Assert.Equal(SourceVerdict.ServFail, Try(source, new Asked("a.example."), out SourceResult detail));
        Assert.Contains(expression, detail.Failure);
    }

    [Fact]
    public void Compile_BadExpressions_AreErrors()
    {
        List<ConfigError> errors = [];
        TemplateSource.Compile(
            [Config() with { Variables = [new TemplateVariableConfig("x", "y")], Expressions = ["x", "1 +"] }], errors);
        Assert.Equal(3, errors.Count);
    }

    [Fact]
    public void Compile_BadPatternOrTemplate_IsAnErrorWithItsPlace()
    {
        List<ConfigError> errors = [];
        SourceLocation place = new("Corefile", 3, 5);
        TemplateSource.Compile(
            [Config("example.", "(") with { Location = place, Answers = ["{{ nope }}"], Authorities = ["{{"] }], errors);

        Assert.Equal(3, errors.Count);
        Assert.All(errors, error => Assert.StartsWith("Corefile:3:5: template: bad ", error.ToString()));
    }

    [Fact]
    public void TryAnswer_NothingMatches_AllocatesNothing()
    {
        TemplateSource source = Compile(Config("example.", @"^[0-9]+\.example\.$") with { Fallthrough = ["."] });
        Asked asked = new("abc.example.");
        byte[] buffer = new byte[512];
        Assert.Equal(0, Asked.Allocated(() =>
        {
            ResponseWriter writer = new(buffer);
            SourceResult detail = new();
            source.TryAnswer(asked.Context, ref writer, ref detail);
        }));
    }
}
