using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;
using NodeDns.Rewriting;
using NodeDns.TestKit;
using NodeDns.Tests.Filters;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Rewriting;

public class RewriteRulesTests
{
    private static readonly SourceLocation s_place = new("Corefile", 7, 5);

    private static NameRewriteConfig Name(
        NameMatch match, string from, string to, bool auto = false, bool next = false, params AnswerRewriteConfig[] answers) =>
        new(next, s_place, match, from, to, auto, [.. answers]);

    private static RewriteRules Compile(params RewriteRuleConfig[] configs)
    {
        List<ConfigError> errors = [];
        RewriteRules rules = RewriteRules.Compile(configs, errors);
        Assert.Empty(errors);
        return rules;
    }

    private static RewriteState? Rewrite(RewriteRules rules, Asked asked, out string name, out ushort type, out ushort @class)
    {
        Span<byte> buffer = new byte[WireLimits.MaxNameLength];
        RewriteState? state = rules.TryRewrite(
            asked.Context, buffer, out int length, out RecordType newType, out RecordClass newClass);
        name = state is null || state.HasFailed ? "" : DomainName.ToText(buffer[..length]);
        type = (ushort)newType;
        @class = (ushort)newClass;
        return state;
    }

    private static RewriteState? Rewrite(RewriteRules rules, string asked, out string name) =>
        Rewrite(rules, new Asked(asked), out name, out _, out _);

    private static DnsMessage Restore(RewriteState state, DnsMessage answer, bool compress = false)
    {
        byte[] buffer = new byte[4096];
        answer.Flags |= HeaderBits.Response | HeaderBits.RecursionAvailable;
        Assert.True(RewriteRules.TryRestore(state, answer.Encode(compress), buffer, out int length));
        return DnsMessage.Decode(buffer.AsSpan(0, length));
    }

    private static DnsMessage AnswerTo(string name, params DnsRecord[] answers)
    {
        DnsMessage answer = DnsMessage.Query(name);
        answer.Answers.AddRange(answers);
        return answer;
    }

    [Theory]
    [InlineData("Exact", "a.example.", "b.example.org.", "A.Example.", "b.example.org.")]
    [InlineData("Exact", "a.example", "b.example.org", "a.example.", "b.example.org.")]
    [InlineData("Exact", "a.example.", "b.example.org.", "x.a.example.", null)]
    [InlineData("Prefix", "foo", "bar", "food.example.", "bard.example.")]
    [InlineData("Prefix", "foo", "bar", "a.foo.example.", null)]
    [InlineData("Suffix", ".schmoogle.com.", ".google.com.", "a.schmoogle.com.", "a.google.com.")]
    [InlineData("Suffix", "schmoogle.com", "google.com", "schmoogle.com.", "google.com.")]
    [InlineData("Suffix", ".schmoogle.com.", ".google.com.", "schmoogle.com.", null)]
    [InlineData("Substring", "service.us-west-1.example.org", "service.us-west-1.consul", "ftp.service.us-west-1.example.org.", "ftp.service.us-west-1.consul.")]
    [InlineData("Regex", @"(.*)-(us-west-1)\.example\.org", "{1}.service.{2}.consul", "ftp-us-west-1.example.org.", "ftp.service.us-west-1.consul.")]
    [InlineData("Regex", @"^(.*)\.(?P<zone>lan)\.$", "{1}.{2}.{0}", "a.b.lan.", "a.b.lan.a.b.lan.")]
    [InlineData("Regex", @"^x\.(.*)$", "{7}{1}", "x.lan.", "{7}lan.")]
    public void TryRewrite_Name_FollowsItsMatch(string match, string from, string to, string asked, string? expected)
    {
        RewriteRules rules = Compile(Name(Enum.Parse<NameMatch>(match), from, to));
        RewriteState? state = Rewrite(rules, asked, out string name);
        Assert.Equal(expected is not null, state is not null);
        Assert.Equal(expected ?? "", name);
    }

    [Fact]
    public void TryRewrite_TypeAndClass_AreReplaced()
    {
        RewriteRules rules = Compile(
            new TypeRewriteConfig(true, s_place, RrType.Any, 13), new ClassRewriteConfig(false, s_place, RrClass.Chaos, RrClass.In));
        Asked asked = new("a.example.", RrType.Any, @class: RrClass.Chaos);
        RewriteState? state = Rewrite(rules, asked, out string name, out ushort type, out ushort @class);

        Assert.Equal(("a.example.", (ushort)13, RrClass.In), (name, type, @class));
        DnsMessage restored = Restore(state!, AnswerTo("a.example."));
        Assert.Equal(new DnsQuestion("a.example.", RrType.Any, RrClass.Chaos), restored.Question);
    }

    [Fact]
    public void TryRewrite_ContinueAndStop_DecideWhetherLaterRulesSeeTheNewName()
    {
        RewriteRuleConfig second = Name(NameMatch.Suffix, "b.", "c.");
        Rewrite(Compile(Name(NameMatch.Suffix, "a.", "b.", next: true), second), "x.a.", out string continued);
        Rewrite(Compile(Name(NameMatch.Suffix, "a.", "b."), second), "x.a.", out string stopped);
        Assert.Equal(("x.c.", "x.b."), (continued, stopped));
    }

    [Fact]
    public void TryRewrite_NothingMatches_IsNullAndAllocatesNothing()
    {
        RewriteRules rules = Compile(
            Name(NameMatch.Exact, "a.", "b."),
            Name(NameMatch.Prefix, "a", "b"),
            Name(NameMatch.Suffix, "a.", "b."),
            Name(NameMatch.Substring, "xyz", "b"),
            Name(NameMatch.Regex, "^(a*)*b$", "c"),
            new TtlRewriteConfig(true, s_place, NameMatch.Regex, "^z", 1, 1),
            new TypeRewriteConfig(true, s_place, 99, 1));
        Asked asked = new("some.name.example.");
        byte[] buffer = new byte[255];
        Assert.Equal(0, Asked.Allocated(() => rules.TryRewrite(asked.Context, buffer, out _, out _, out _)));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("this-label-is-much-too-long-to-be-one-as-it-has-more-than-sixty-three-characters")]
    [InlineData("\\")]
    public void TryRewrite_NoDomainName_HasFailed(string to)
    {
        RewriteState? state = Rewrite(Compile(Name(NameMatch.Regex, "^x.*", to)), "x.example.", out _);
        Assert.True(state!.HasFailed);
    }

    [Fact]
    public void TryRestore_ExactName_TurnsNamesBackAndKeepsTheClientsCase()
    {
        RewriteState state = Rewrite(Compile(Name(NameMatch.Exact, "a.example.", "b.org.")), "A.Example.", out _)!;
        DnsMessage restored = Restore(
            state,
            AnswerTo(
                "b.org.", DnsRecord.Cname("b.org.", "c.b.org."), DnsRecord.A("c.b.org.", "192.0.2.1"), DnsRecord.A("cb.org.", "192.0.2.2")),
            compress: true);

        Assert.Equal("A.Example.", restored.Question.Name);
        Assert.Equal(["A.Example.", "c.A.Example.", "cb.org."], restored.Answers.Select(r => r.Name));
        Assert.Equal("c.a.example.", restored.Answers[0].Target);
        Assert.Equal(0, restored.TrailingBytes);
    }

    [Fact]
    public void TryRestore_RegexWithoutAnswerRule_TurnsOnlyTheQuestionBack()
    {
        RewriteState state = Rewrite(
            Compile(Name(NameMatch.Regex, @"(.*)-west\.rocks\.", "{1}.west.consul.")), "ftp-west.rocks.", out string name)!;
        DnsMessage restored = Restore(state, AnswerTo(name, DnsRecord.A(name, "10.10.10.10")));
        Assert.Equal(("ftp-west.rocks.", "ftp.west.consul."), (restored.Question.Name, restored.Answers[0].Name));
    }

    [Fact]
    public void TryRestore_AnswerNameAndValue_AreAppliedToOwnersAndData()
    {
        RewriteState state = Rewrite(
            Compile(Name(
                NameMatch.Regex,
                @"(.*)-(us-west-1)\.coredns\.rocks",
                "{1}.service.{2}.consul",
                answers:
                [
                    new AnswerRewriteConfig(false, @"(.*)\.service\.(us-west-1)\.consul", "{1}-{2}.coredns.rocks"),
                    new AnswerRewriteConfig(true, @"(.*)\.node\.consul", "{1}.coredns.rocks"),
                ])),
            "ftp-us-west-1.coredns.rocks.",
            out string name)!;
        byte[] srv = [0, 1, 0, 2, 0, 53, .. DnsName.ToWire("n1.node.consul.")];
        DnsMessage answer = AnswerTo(
            name, DnsRecord.A(name, "10.20.20.20"), DnsRecord.Mx(name, 5, "m.node.consul."), DnsRecord.Unknown(name, RrType.Srv, srv));
        answer.Additional.Add(DnsRecord.A("n1.node.consul.", "10.0.0.1"));
        DnsMessage restored = Restore(state, answer, compress: true);

        Assert.All(restored.Answers, r => Assert.Equal("ftp-us-west-1.coredns.rocks.", r.Name));
        Assert.Equal([0, 5, .. DnsName.ToWire("m.coredns.rocks.")], restored.Answers[1].Data);
        Assert.Equal([0, 1, 0, 2, 0, 53, .. DnsName.ToWire("n1.coredns.rocks.")], restored.Answers[2].Data);
        Assert.Equal("n1.node.consul.", restored.Additional[0].Name);
    }

    [Theory]
    [InlineData("Suffix", "new.", "old.", "h.new.", "h.old.")]
    [InlineData("Prefix", "new-", "old-", "new-h.x.", "old-h.x.")]
    [InlineData("Substring", "new", "old", "h.new.x.", "h.old.x.")]
    [InlineData("Regex", @"^(.*)\.new\.$", "{1}.old.", "h.new.", "h.old.")]
    public void TryRestore_AutoAnswer_TurnsOwnersAndTargetsBack(string match, string from, string to, string asked, string there)
    {
        RewriteRules rules = Compile(Name(Enum.Parse<NameMatch>(match), from, to, auto: true));
        RewriteState state = Rewrite(rules, asked, out string name)!;
        Assert.Equal(there, name);
        DnsMessage restored = Restore(state, AnswerTo(there, DnsRecord.A(there, "192.0.2.1"), DnsRecord.Cname("x.test.", "sub." + there)));
        Assert.Equal([asked, "x.test."], restored.Answers.Select(r => r.Name));
        Assert.Equal("sub." + asked, restored.Answers[1].Target);
    }

    [Fact]
    public void TryRestore_TwoRewrites_AreUndoneInReverse()
    {
        RewriteRules rules = Compile(
            Name(NameMatch.Suffix, "a.", "b.", auto: true, next: true), Name(NameMatch.Suffix, "b.", "c.", auto: true));
        RewriteState state = Rewrite(rules, "h.a.", out string name)!;
        Assert.Equal("h.c.", name);
        Assert.Equal("h.a.", Restore(state, AnswerTo(name, DnsRecord.A(name, "192.0.2.1"))).Answers[0].Name);
    }

    [Theory]
    [InlineData(15u, 15u, 300u, 15u)]
    [InlineData(60u, 900u, 30u, 60u)]
    [InlineData(60u, 900u, 300u, 300u)]
    [InlineData(60u, 900u, 86400u, 900u)]
    public void TryRestore_Ttl_IsBroughtIntoTheRange(uint least, uint most, uint given, uint expected)
    {
        RewriteRules rules = Compile(new TtlRewriteConfig(false, s_place, NameMatch.Suffix, "coredns.rocks.", least, most));
        RewriteState state = Rewrite(rules, "a.coredns.rocks.", out string name)!;
        Assert.Equal("a.coredns.rocks.", name);
        DnsMessage answer = AnswerTo(name, DnsRecord.A(name, "192.0.2.1", given));
        answer.Authority.Add(DnsRecord.Ns("coredns.rocks.", "ns.coredns.rocks.", given));
        Assert.All(Restore(state, answer).AllRecords, r => Assert.Equal(expected, r.Ttl));
        Assert.Null(Rewrite(rules, "a.other.", out _));
    }

    [Theory]
    [InlineData(Rcode.NxDomain, Rcode.NoError)]
    [InlineData(Rcode.Refused, Rcode.Refused)]
    public void TryRestore_Rcode_IsReplacedWhereItIsTheOneMeant(int given, int expected)
    {
        RewriteRules rules = Compile(
            new RcodeRewriteConfig(false, s_place, NameMatch.Regex, ".*", Rcode.NxDomain, Rcode.NoError));
        RewriteState state = Rewrite(rules, "a.", out _)!;
        DnsMessage answer = AnswerTo("a.");
        answer.Rcode = given;
        Assert.Equal(expected, Restore(state, answer).Rcode);
    }

    [Fact]
    public void TryRestore_CnameTarget_BendsTheChainAndReportsTheName()
    {
        RewriteRules rules = Compile(new CnameRewriteConfig(false, s_place, NameMatch.Exact, "b.cdn.", "own.cdn."));
        RewriteState state = Rewrite(rules, "www.example.", out string name)!;
        DnsMessage restored = Restore(
            state,
            AnswerTo(
                name, DnsRecord.Cname(name, "a.cdn."), DnsRecord.Cname("a.cdn.", "B.cdn."), DnsRecord.A("b.cdn.", "192.0.2.1")));

        Assert.Equal(["a.cdn.", "own.cdn."], restored.Answers.Select(r => r.Target));
        Assert.Equal(DnsName.ToWire("own.cdn."), state.ChaseTarget);

        DnsMessage other = Restore(state, AnswerTo(name, DnsRecord.Cname(name, "x."), DnsRecord.A("x.", "192.0.2.1")));
        Assert.Equal(2, other.Answers.Count);
        Assert.Null(state.ChaseTarget);
    }

    [Fact]
    public void TryRestore_UnknownTypesAndStrangeNames_KeepTheirBytes()
    {
        RewriteState state = Rewrite(Compile(Name(NameMatch.Suffix, "a.", "b.", auto: true)), "q\\000\\\"\\.x.a.", out string name)!;
        DnsMessage restored = Restore(
            state, AnswerTo(name, DnsRecord.Unknown(name, 65280, [0xC0, 0x0C, 1]), DnsRecord.A("Keep.CASE.", "192.0.2.1")));
        Assert.Equal(DnsName.ToWire("q\\000\\\"\\.x.a."), DnsName.ToWire(restored.Answers[0].Name));
        Assert.Equal([0xC0, 0x0C, 1], restored.Answers[0].Data);
        Assert.Equal("Keep.CASE.", restored.Answers[1].Name);
    }

    [Fact]
    public void TryRestore_MalformedOrTooSmall_IsFalse()
    {
        RewriteState state = Rewrite(Compile(Name(NameMatch.Exact, "a.", "b.")), "a.", out _)!;
        byte[] answer = AnswerTo("b.", DnsRecord.A("b.", "192.0.2.1")).Encode();
        for (int length = 0; length < answer.Length; length++)
        {
            Assert.False(RewriteRules.TryRestore(state, answer.AsSpan(0, length), new byte[512], out _));
        }

        Assert.False(RewriteRules.TryRestore(state, answer, new byte[20], out _));
        Assert.True(RewriteRules.TryRestore(state, answer, new byte[512], out _));
    }

    [Fact]
    public void TryRestore_RandomBytes_NeverThrows()
    {
        RewriteState state = Rewrite(Compile(Name(NameMatch.Suffix, "a.", "b.", auto: true)), "h.a.", out _)!;
        byte[] seed = AnswerTo(
            "h.b.", DnsRecord.Cname("h.b.", "c.b."), DnsRecord.Mx("c.b.", 1, "m.b."), DnsRecord.Soa("b.", 1, 1)).Encode(compress: true);
        Random random = new(97);
        byte[] buffer = new byte[2048];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] message = [.. seed];
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            RewriteRules.TryRestore(state, message.AsSpan(0, random.Next(message.Length + 1)), buffer, out _);
        }
    }

    private static EdnsRewriteConfig Edns(
        EdnsRewriteKind kind, EdnsRewriteAction action, string? variable = null, int v4 = 0, int v6 = 0) =>
        new(true, s_place, kind, action, 0xFFEE, [1, 2, 3], variable, v4, v6, false);

    [Theory]
    [InlineData("Local", null, "10.1.2.3", "FFEE0003010203")]
    [InlineData("Local", "qname", "10.1.2.3", "FFEE0008612E746573742E" + "")]
    [InlineData("Local", "qtype", "10.1.2.3", "FFEE00020001")]
    [InlineData("Local", "client_ip", "10.1.2.3", "FFEE00040A010203")]
    [InlineData("Local", "client_port", "10.1.2.3", "FFEE00029C40")]
    [InlineData("Local", "protocol", "10.1.2.3", "FFEE0003756470")]
    [InlineData("Local", "some/label", "10.1.2.3", "")]
    [InlineData("Nsid", null, "10.1.2.3", "00030000")]
    [InlineData("Subnet", null, "10.1.2.3", "000800070001" + "1800" + "0A0102")]
    [InlineData("Subnet", null, "2001:db8:1:2ff::1", "0008000B0002" + "3800" + "20010DB8000102")]
    public void UpstreamOptions_Set_AreTheRulesOwn(string kind, string? variable, string client, string expected)
    {
        RewriteRules rules = Compile(
            Edns(Enum.Parse<EdnsRewriteKind>(kind), EdnsRewriteAction.Set, variable, 24, 56));
        RewriteState state = Rewrite(rules, new Asked("a.test.", client: client), out _, out _, out _)!;
        string hex = Convert.ToHexString(state.UpstreamOptions.Span);
        Assert.Equal(variable == "qname" ? "FFEE0007612E746573742E" : expected, hex);
    }

    [Theory]
    [InlineData("Append", false, true)]
    [InlineData("Append", true, false)]
    [InlineData("Replace", false, false)]
    [InlineData("Replace", true, true)]
    [InlineData("Unset", true, true)]
    [InlineData("Unset", false, false)]
    [InlineData("Set", true, true)]
    public void UpstreamOptions_ClientsOwnOption_DecidesWhetherTheRuleApplies(string action, bool present, bool applies)
    {
        EdnsRewriteAction parsed = Enum.Parse<EdnsRewriteAction>(action);
        Asked asked = new("a.", change: query => query.WithEdns(edns => _ = present ? edns.With(0xFFEE, 9) : edns));
        RewriteState? state = Rewrite(Compile(Edns(EdnsRewriteKind.Local, parsed)), asked, out _, out _, out _);
        Assert.Equal(applies, state is not null);
        Assert.Equal(applies && parsed != EdnsRewriteAction.Unset ? 7 : 0, state?.UpstreamOptions.Length ?? 0);
    }

    [Fact]
    public void Compile_BadPatterns_AreErrorsWithTheirPlace()
    {
        List<ConfigError> errors = [];
        RewriteRules.Compile(
            [
                Name(NameMatch.Regex, "(", "x"),
                Name(NameMatch.Regex, "x", "y", answers: new AnswerRewriteConfig(false, "[", "z")),
                new TtlRewriteConfig(false, s_place, NameMatch.Regex, "a**", 1, 1),
            ],
            errors);
        Assert.Equal(3, errors.Count);
        Assert.All(errors, error => Assert.StartsWith("Corefile:7:5: rewrite: bad regular expression", error.ToString()));
    }
}
