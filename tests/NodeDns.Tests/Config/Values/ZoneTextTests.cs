using System;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Values;
using Xunit;

namespace NodeDns.Tests.Config.Values;

public sealed class ZoneTextTests
{
    [Theory]
    [InlineData(".", ".")]
    [InlineData("Example.ORG", "example.org.")]
    [InlineData("example.org.", "example.org.")]
    [InlineData("_sip._tcp.example", "_sip._tcp.example.")]
    [InlineData(@"a\.b.example", @"a\.b.example.")]
    [InlineData(@"a\046b", @"a\046b.")]
    [InlineData(@"ends\.", @"ends\..")]
    public void TryParseName_GoodName_LowerCaseWithItsLastDot(string text, string expected)
    {
        Assert.True(ZoneText.TryParseName(text, out string name, out _));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("example..org")]
    [InlineData(".example")]
    [InlineData("b\u00fccher.example")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData(@"a\")]
    [InlineData(@"a\25")]
    [InlineData(@"a\256")]
    public void TryParseName_BadName_Refused(string text)
    {
        Assert.False(ZoneText.TryParseName(text, out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void TryParseName_LabelOf63And64Octets_OnlyTheFirstFits()
    {
        Assert.True(ZoneText.TryParseName(new string('a', 63) + ".example", out _, out _));
        Assert.False(ZoneText.TryParseName(new string('a', 64) + ".example", out _, out string? error));
        Assert.Contains("63 octets", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParseName_NameOf255And256Octets_OnlyTheFirstFits()
    {
        string longest = string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + ".aaa";

        Assert.True(ZoneText.TryParseName(longest, out _, out _));
        Assert.False(ZoneText.TryParseName(longest + "a", out _, out _));
    }

    [Theory]
    [InlineData("10.0.0.0/24", "0.0.10.in-addr.arpa.")]
    [InlineData("10.0.0.0/8", "10.in-addr.arpa.")]
    [InlineData("10.1.2.3/32", "3.2.1.10.in-addr.arpa.")]
    [InlineData("10.9.3.0/16", "9.10.in-addr.arpa.")]
    [InlineData("0.0.0.0/0", "in-addr.arpa.")]
    [InlineData("2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("fd00::/8", "d.f.ip6.arpa.")]
    public void TryParseZones_NetworkAtABoundary_OneReverseZone(string text, string expected)
    {
        Assert.True(ZoneText.TryParseZones(text, out ImmutableArray<string> zones, out _));
        Assert.Equal(expected, Assert.Single(zones));
    }

    [Fact]
    public void TryParseZones_NetworkBetweenBoundaries_AllZonesThatCoverIt()
    {
        Assert.True(ZoneText.TryParseZones("192.168.4.0/22", out ImmutableArray<string> zones, out _));
        Assert.Equal(
            ["4.168.192.in-addr.arpa.", "5.168.192.in-addr.arpa.", "6.168.192.in-addr.arpa.", "7.168.192.in-addr.arpa."],
            zones.ToArray());

        Assert.True(ZoneText.TryParseZones("2001:db8::/31", out ImmutableArray<string> ipv6, out _));
        Assert.Equal(["8.b.d.0.1.0.0.2.ip6.arpa.", "9.b.d.0.1.0.0.2.ip6.arpa."], ipv6.ToArray());
    }
}
