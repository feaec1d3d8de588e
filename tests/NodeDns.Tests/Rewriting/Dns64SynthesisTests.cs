using System;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Rewriting;
using NodeDns.TestKit;
using NodeDns.Tests.Filters;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Rewriting;

public class Dns64SynthesisTests
{
    private static Dns64Synthesis Make(string prefix = "64:ff9b::/96", bool all = false, bool v4 = false) =>
        Dns64Synthesis.Compile(new Dns64Config(IPNetwork.Parse(prefix), all, v4));

    private static ResponseView View(DnsMessage answer)
    {
        answer.Flags |= HeaderBits.Response;
        DnsQuestion question = answer.Question;
        Assert.Equal(ResponseStatus.Ok, ResponseView.TryParse(
            answer.Encode(compress: true), DnsName.ToWire(question.Name), (RecordType)question.Type, (RecordClass)question.Class, out ResponseView view));
        return view;
    }

    private static DnsMessage AnswerTo(string name, ushort type, params DnsRecord[] answers)
    {
        DnsMessage answer = DnsMessage.Query(name, type);
        answer.Answers.AddRange(answers);
        return answer;
    }

    [Theory]
    [InlineData("2001:db8::1", RrType.Aaaa, false, true)]
    [InlineData("10.0.0.1", RrType.Aaaa, false, false)]
    [InlineData("10.0.0.1", RrType.Aaaa, true, true)]
    [InlineData("2001:db8::1", RrType.A, false, false)]
    public void Applies_AddressFamilyAndType_Decide(string client, ushort type, bool allowIpv4, bool expected) =>
        Assert.Equal(expected, Make(v4: allowIpv4).Applies(new Asked("a.", type, client).Context));

    // D9 (RFC 6147 §5.5).
    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void Applies_CheckingDisabledAndDnssecOk_IsNever(bool cd, bool dnssec, bool expected)
    {
        Asked asked = new("a.", RrType.Aaaa, "::1", change: query =>
        {
            query.Flags |= cd ? HeaderBits.CheckingDisabled : (ushort)0;
            query.WithEdns(edns => edns.DnssecOk = dnssec);
        });
        Assert.Equal(expected, Make().Applies(asked.Context));
        Assert.False(Make().Applies(new Asked("a.", RrType.Aaaa, "::1", RrClass.Chaos).Context));
    }

    [Theory]
    [InlineData(Rcode.NoError, null, false, true)]
    [InlineData(Rcode.NoError, "2001:db8::1", false, false)]
    [InlineData(Rcode.NoError, "2001:db8::1", true, true)]
    [InlineData(Rcode.NoError, "::ffff:192.0.2.1", false, true)]
    [InlineData(Rcode.NxDomain, null, true, false)]
    [InlineData(Rcode.ServFail, null, false, true)]
    public void NeedsSynthesis_AnswerToAaaa_Decides(int rcode, string? address, bool all, bool expected)
    {
        DnsMessage answer = AnswerTo("a.example.", RrType.Aaaa);
        answer.Rcode = rcode;
        if (address is not null)
        {
            answer.Answers.Add(new DnsRecord("a.example.", RrType.Aaaa, 1, 60, IPAddress.Parse(address).GetAddressBytes()));
        }

        Assert.Equal(expected, Make(all: all).NeedsSynthesis(View(answer)));
    }

    // The examples of RFC 6052 §2.4 for 192.0.2.33.
    [Theory]
    [InlineData("2001:db8::/32", "2001:db8:c000:221::")]
    [InlineData("2001:db8:100::/40", "2001:db8:1c0:2:21::")]
    [InlineData("2001:db8:122::/48", "2001:db8:122:c000:2:2100::")]
    [InlineData("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::")]
    [InlineData("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100:0")]
    [InlineData("2001:db8:122:344::/96", "2001:db8:122:344::c000:221")]
    [InlineData("64:ff9b::/96", "64:ff9b::c000:221")]
    public void TryWriteAaaa_EveryPrefixLength_EmbedsAndTurnsBack(string prefix, string expected)
    {
        Dns64Synthesis dns64 = Make(prefix);
        DnsMessage answer = Synthesise(dns64, AnswerTo("a.example.", RrType.A, DnsRecord.A("a.example.", "192.0.2.33")), 600);
        Assert.Equal(IPAddress.Parse(expected), IPAddress.Parse(answer.Answers[0].Address));

        byte[] address = IPAddress.Parse(expected).GetAddressBytes();
        string reverse = string.Concat(address.Reverse().Select(b => $"{b & 15:X}.{b >> 4:x}.")) + "IP6.arpa.";
        Asked asked = new(reverse, RrType.ReversePointer, "2001:db8::9");
        Assert.True(dns64.TryGetPointerTarget(asked.Context, out byte[] target));
        Assert.Equal(DnsName.ToWire("33.2.0.192.in-addr.arpa."), target);
        DnsMessage pointer = asked.Answer((in QueryContext query, ref ResponseWriter writer) =>
            Dns64Synthesis.TryWritePointer(query, target, ref writer));
        Assert.Equal("33.2.0.192.in-addr.arpa.", Assert.Single(pointer.Answers).Target);
    }

    private static DnsMessage Synthesise(Dns64Synthesis dns64, DnsMessage aAnswer, uint limit) =>
        new Asked(aAnswer.Question.Name, RrType.Aaaa, "2001:db8::9").Answer(
            (in QueryContext query, ref ResponseWriter writer) =>
                dns64.TryWriteAaaa(View(aAnswer), limit, query, ref writer));

    [Fact]
    public void TryWriteAaaa_Chain_KeepsCnamesAndOtherRecordsAndBoundsTheTtl()
    {
        DnsMessage aAnswer = AnswerTo(
            "www.example.",
            RrType.A,
            DnsRecord.Cname("www.example.", "a.example.", 5000),
            DnsRecord.A("a.example.", "192.0.2.1", 3000),
            DnsRecord.A("a.example.", "192.0.2.2", 30),
            DnsRecord.Rrsig("a.example.", RrType.A));
        aAnswer.Authority.Add(DnsRecord.Ns("example.", "ns.example.", 77));
        aAnswer.Additional.Add(DnsRecord.A("ns.example.", "192.0.2.53"));
        aAnswer.WithEdns();
        DnsMessage answer = Synthesise(Make(), aAnswer, 600);

        Assert.Equal([(RrType.Cname, 5000u), (RrType.Aaaa, 600u), (RrType.Aaaa, 30u)], answer.Answers.Select(r => (r.Type, r.Ttl)));
        Assert.Equal("a.example.", answer.Answers[0].Target);
        Assert.Equal(["64:ff9b::c000:201", "64:ff9b::c000:202"], answer.Answers.Skip(1).Select(r => r.Address));
        Assert.Equal("ns.example.", Assert.Single(answer.Authority).Target);
        Assert.Equal("192.0.2.53", Assert.Single(answer.Additional).Address);
        Assert.Equal(RrType.Aaaa, answer.Question.Type);
        Assert.Null(answer.Edns);
    }

    [Fact]
    public void TryWriteAaaa_NothingToTranslate_IsFalse()
    {
        byte[] buffer = new byte[512];
        foreach (DnsMessage answer in new[] { AnswerTo("a.", RrType.A), AnswerTo("a.", RrType.A).Change(m => m.Rcode = Rcode.ServFail) })
        {
            ResponseWriter writer = new(buffer);
            Assert.False(Make().TryWriteAaaa(View(answer), 600, new Asked("a.", RrType.Aaaa, "::1").Context, ref writer));
        }
    }

    [Fact]
    public void TtlLimit_SoaOfTheEmptyAnswer_OrTenMinutes()
    {
        DnsMessage answer = AnswerTo("a.example.", RrType.Aaaa);
        Assert.Equal(600u, Dns64Synthesis.TtlLimit(View(answer)));
        answer.Authority.Add(DnsRecord.Soa("example.", 120, 30));
        Assert.Equal(120u, Dns64Synthesis.TtlLimit(View(answer)));
    }

    [Theory]
    [InlineData("1.2.0.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.1.ip6.arpa.")]
    [InlineData("2.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa.")]
    [InlineData("1.2.0.0.0.0.0.x.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa.")]
    [InlineData("33.2.0.192.in-addr.arpa.")]
    public void TryGetPointerTarget_OtherReverseNames_AreLeftAlone(string name) =>
        Assert.False(Make().TryGetPointerTarget(new Asked(name, RrType.ReversePointer, "::1").Context, out _));
}
