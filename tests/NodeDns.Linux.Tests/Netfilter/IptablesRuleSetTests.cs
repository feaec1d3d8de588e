using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Linux.Netfilter;
using Xunit;

namespace NodeDns.Linux.Tests.Netfilter;

/// <summary>The rules word for word: node-cache must find ours and we must find its.</summary>
public sealed class IptablesRuleSetTests
{
    private static readonly NotrackScope s_scope = new([IPAddress.Parse("169.254.20.10")], 53, 8080);

    [Fact]
    public void For_OneAddress_IsNodeCachesTwelve()
    {
        const string Skip = "-j NOTRACK -m comment --comment NodeLocal DNS Cache: skip conntrack";
        const string Allow = "-j ACCEPT -m comment --comment NodeLocal DNS Cache: allow DNS traffic";
        string[] expected =
        [
            $"-I PREROUTING -t raw -p tcp -d 169.254.20.10 --dport 53 {Skip}",
            $"-I PREROUTING -t raw -p udp -d 169.254.20.10 --dport 53 {Skip}",
            $"-I INPUT -t filter -p tcp -d 169.254.20.10 --dport 53 {Allow}",
            $"-I INPUT -t filter -p udp -d 169.254.20.10 --dport 53 {Allow}",
            $"-I OUTPUT -t raw -p tcp -s 169.254.20.10 --sport 53 {Skip}",
            $"-I OUTPUT -t raw -p udp -s 169.254.20.10 --sport 53 {Skip}",
            $"-I OUTPUT -t filter -p tcp -s 169.254.20.10 --sport 53 {Allow}",
            $"-I OUTPUT -t filter -p udp -s 169.254.20.10 --sport 53 {Allow}",
            $"-I OUTPUT -t raw -p tcp -d 169.254.20.10 --dport 53 {Skip}",
            $"-I OUTPUT -t raw -p udp -d 169.254.20.10 --dport 53 {Skip}",
            $"-I OUTPUT -t raw -p tcp -d 169.254.20.10 --dport 8080 {Skip}",
            $"-I OUTPUT -t raw -p tcp -s 169.254.20.10 --sport 8080 {Skip}",
        ];

        ImmutableArray<IptablesRule> rules = IptablesRuleSet.For(s_scope, isGuarded: false);

        Assert.Equal(expected, rules.Select(rule => string.Join(' ', rule.Arguments("-I"))));
    }

    [Fact]
    public void For_Guarded_RequestsMatchOnlyWhileSomebodyIsThere()
    {
        ImmutableArray<IptablesRule> rules = IptablesRuleSet.For(s_scope, isGuarded: true);

        Assert.All(rules, rule => Assert.Equal(
            rule.Role switch
            {
                IptablesRuleRole.PodRequest => "-m socket",
                IptablesRuleRole.NodeRequest => "-m addrtype --dst-type LOCAL",
                _ => "",
            },
            Guard(rule)));
        Assert.Equal(2, rules.Count(rule => rule.Role == IptablesRuleRole.PodRequest));
        Assert.Equal(3, rules.Count(rule => rule.Role == IptablesRuleRole.NodeRequest));
    }

    [Fact]
    public void For_WildcardListeners_AreMatchedByTheGuard() => Assert.Equal(
        2, IptablesRuleSet.For(s_scope with { HasWildcardListeners = true }, isGuarded: true)
            .Count(rule => Guard(rule) == "-m socket --nowildcard"));

    [Fact]
    public void RestoreLine_Comment_IsQuoted() => Assert.Equal(
        "-I INPUT -p tcp -d 169.254.20.10 --dport 53 -j ACCEPT -m comment --comment \"NodeLocal DNS Cache: allow DNS traffic\"",
        IptablesRuleSet.AcceptOnly(s_scope)[0].RestoreLine("-I"));

    [Fact]
    public void Script_TwoTables_EachIsOneTransaction() => Assert.Equal(
        "*raw\na\nc\nCOMMIT\n*filter\nb\nCOMMIT\n",
        IptablesProgram.Script([("raw", "a"), ("filter", "b"), ("raw", "c")]));

    [Fact]
    public void OwnLines_OfAListing_AreThoseOfOurAddressesWithTheComment()
    {
        const string Listing = """
            -P PREROUTING ACCEPT
            -A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK
            -A PREROUTING -d 169.254.20.100/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK
            -A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK
            -A OUTPUT -s 169.254.20.10/32 -p tcp -m tcp --sport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j CT --notrack
            """;

        ImmutableArray<string> own = IptablesRuleSet.OwnLines(Listing, s_scope.Addresses);

        Assert.Equal(2, own.Length);
        Assert.All(own, line => Assert.Contains("169.254.20.10/32", line, StringComparison.Ordinal));
    }

    private static string Guard(IptablesRule rule)
    {
        string text = string.Join(' ', rule.Match);
        int start = text.IndexOf(" -m ", StringComparison.Ordinal) + 1;
        int end = text.IndexOf(" -j ", StringComparison.Ordinal);
        return start < end ? text[start..end] : "";
    }
}
