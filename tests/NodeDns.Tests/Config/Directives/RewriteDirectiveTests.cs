using System;
using System.Linq;
using System.Text;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

public sealed class RewriteDirectiveTests
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData("name a.example b.example", "Exact", "a.example.", "b.example.", true)]
    [InlineData("name exact A.example b.example.", "Exact", "a.example.", "b.example.", true)]
    [InlineData("name prefix foo bar", "Prefix", "foo.", "bar.", false)]
    [InlineData("name suffix .com .org", "Suffix", ".com.", ".org.", false)]
    [InlineData("name suffix com org answer auto", "Suffix", "com.", "org.", true)]
    [InlineData("name substring a.b c.d", "Substring", "a.b.", "c.d.", false)]
    [InlineData(@"name regex (.*)-(us)\.example {1}.{2}.consul", "Regex", @"(.*)-(us)\.example", "{1}.{2}.consul.", false)]
    public void Name_Forms_Read(string words, string match, string from, string to, bool auto)
    {
        var rule = Assert.IsType<NameRewriteConfig>(Read($"rewrite {words}"));

        Assert.Equal((match, from, to, auto, false), (rule.Match.ToString(), rule.From, rule.To, rule.AutoAnswer, rule.Continue));
        Assert.Empty(rule.Answers);
    }

    [Theory]
    [InlineData("rewrite continue name regex (.*)-a {1}.b answer name (.*)[.]b {1}-a answer value (.*)[.]c {1}-d")]
    [InlineData("rewrite continue name regex (.*)-a {1}.b answer name (.*)[.]b {1}-a value (.*)[.]c {1}-d")]
    [InlineData("rewrite continue {\nname regex (.*)-a {1}.b\nanswer name (.*)[.]b {1}-a\nanswer value (.*)[.]c {1}-d\n}")]
    public void Name_WithAnswerRules_OnALineOrInABlock(string directive)
    {
        var rule = Assert.IsType<NameRewriteConfig>(Read(directive));

        Assert.True(rule.Continue);
        Assert.Equal(
            [new AnswerRewriteConfig(false, "(.*)[.]b", "{1}-a."), new AnswerRewriteConfig(true, "(.*)[.]c", "{1}-d.")],
            rule.Answers.ToArray());
    }

    [Fact]
    public void OtherFields_Read()
    {
        Assert.Equal((255, 13), Read("rewrite type ANY hinfo") is TypeRewriteConfig type ? (type.From, type.To) : default);
        Assert.Equal((3, 1), Read("rewrite stop class CH IN") is ClassRewriteConfig @class ? (@class.From, @class.To) : default);
        Assert.Equal(
            (NameMatch.Exact, "a.example.", 15u, 15u),
            Read("rewrite ttl a.example 15") is TtlRewriteConfig ttl ? (ttl.Match, ttl.Name, ttl.MinTtl, ttl.MaxTtl) : default);
        Assert.Equal(
            (NameMatch.Regex, "(.*)", 30u, 300u),
            Read("rewrite ttl regex (.*) 30-300") is TtlRewriteConfig range ? (range.Match, range.Name, range.MinTtl, range.MaxTtl) : default);
        Assert.Equal(
            (0u, 30u), Read("rewrite ttl a.example -30") is TtlRewriteConfig low ? (low.MinTtl, low.MaxTtl) : default);
        Assert.Equal(
            (30u, 2147483647u), Read("rewrite ttl a.example 30-") is TtlRewriteConfig high ? (high.MinTtl, high.MaxTtl) : default);
        Assert.Equal(
            (NameMatch.Suffix, "a.example.", 2, 3),
            Read("rewrite rcode suffix a.example SERVFAIL 3") is RcodeRewriteConfig rcode ? (rcode.Match, rcode.Name, rcode.From, rcode.To) : default);
        Assert.Equal(
            (NameMatch.Exact, "a.example.", "b.example."),
            Read("rewrite cname a.example b.example.") is CnameRewriteConfig cname ? (cname.Match, cname.From, cname.To) : default);
    }

    [Theory]
    [InlineData("local set 0xffee 0x61626364", "Set", 0xffee, "abcd", null, false)]
    [InlineData("local set 65518 abcd", "Set", 0xffee, "abcd", null, false)]
    [InlineData("local append 0xffee {client_ip}", "Append", 0xffee, "", "client_ip", false)]
    [InlineData("local replace 0xffee abcd revert", "Replace", 0xffee, "abcd", null, true)]
    [InlineData("local unset 0xffee", "Unset", 0xffee, "", null, false)]
    [InlineData("local unset all", "Unset", 0, "", null, false)]
    public void EdnsLocal_Forms_Read(
        string words, string action, int code, string data, string? variable, bool revert)
    {
        var rule = Assert.IsType<EdnsRewriteConfig>(Read($"rewrite edns0 {words}"));

        Assert.Equal((EdnsRewriteKind.Local, action, code), (rule.Kind, rule.Action.ToString(), rule.Code));
        Assert.Equal(data, Encoding.UTF8.GetString(rule.Data.AsSpan()));
        Assert.Equal((variable, revert), (rule.Variable, rule.Revert));
    }

    [Fact]
    public void EdnsSubnetAndNsid_Read()
    {
        var subnet = Assert.IsType<EdnsRewriteConfig>(Read("rewrite edns0 subnet set 24 56"));
        var nsid = Assert.IsType<EdnsRewriteConfig>(Read("rewrite edns0 nsid set"));

        Assert.Equal((EdnsRewriteKind.Subnet, 24, 56), (subnet.Kind, subnet.Ipv4PrefixLength, subnet.Ipv6PrefixLength));
        Assert.Equal(EdnsRewriteKind.Nsid, nsid.Kind);
    }

    [Theory]
    [InlineData("rewrite", "2:1")]
    [InlineData("rewrite continue", "2:1")]
    [InlineData("rewrite name a", "2:9")]
    [InlineData("rewrite name nearly a b", "2:14")]
    [InlineData("rewrite name regex ( b", "2:20")]
    [InlineData("rewrite name regex (a) {2}", "2:24")]
    [InlineData("rewrite name exact a b extra", "2:24")]
    [InlineData("rewrite name exact a b answer", "2:24")]
    [InlineData("rewrite name suffix a b answer name x", "2:32")]
    [InlineData("rewrite name suffix a b answer auto name x y", "2:9")]
    [InlineData("rewrite answer name a b", "2:9")]
    [InlineData("rewrite type A", "2:9")]
    [InlineData("rewrite type A B C", "2:9")]
    [InlineData("rewrite type A WHAT", "2:16")]
    [InlineData("rewrite class IN WHAT", "2:18")]
    [InlineData("rewrite ttl a", "2:9")]
    [InlineData("rewrite ttl a b", "2:15")]
    [InlineData("rewrite ttl a -", "2:15")]
    [InlineData("rewrite ttl a 300-30", "2:15")]
    [InlineData("rewrite ttl a 1-2-3", "2:15")]
    [InlineData("rewrite ttl a 4294967296", "2:15")]
    [InlineData("rewrite rcode a SERVFAIL", "2:9")]
    [InlineData("rewrite rcode a SERVFAIL 24", "2:26")]
    [InlineData("rewrite cname a", "2:9")]
    [InlineData("rewrite edns0", "2:9")]
    [InlineData("rewrite edns0 local set 0xffee", "2:15")]
    [InlineData("rewrite edns0 local drop 0xffee a", "2:15")]
    [InlineData("rewrite edns0 local set 0xfffff a", "2:25")]
    [InlineData("rewrite edns0 local set 0xffee 0xabc", "2:32")]
    [InlineData("rewrite edns0 local set 0xffee {dest_ip}", "2:32")]
    [InlineData("rewrite edns0 subnet set 33 56", "2:26")]
    [InlineData("rewrite edns0 subnet set 24 129", "2:29")]
    [InlineData("rewrite edns0 nsid set 1", "2:15")]
    [InlineData("rewrite nmae a b", "2:9")]
    public void Mistake_Refused_AtItsPlace(string directive, string place) =>
        Assert.StartsWith(
            $"Corefile:{place}: rewrite: ",
            Assert.Single(_machine.ReadErrors($". {{\n{directive}\n}}")),
            StringComparison.Ordinal);

    private RewriteRuleConfig Read(string directive) =>
        Assert.Single(_machine.ReadBlock($". {{\n{directive}\n}}").Rewrites);
}
