using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.TestKit;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Filters;

public class AclFilterTests
{
    private static AclConfig Acl(string zone, params AclRuleConfig[] rules) => new([zone], [.. rules]);

    private static AclRuleConfig Rule(AclAction action, string[]? networks = null, params ushort[] types) =>
        new(action, [.. types], [.. (networks ?? []).Select(IPNetwork.Parse)]);

    private static FilterVerdict Check(AclFilter filter, Asked asked, out ExtendedError error) =>
        filter.Check(asked.Context, out error);

    // The table of CoreDNS's acl tests, its facts in our words.
    [Theory]
    [InlineData("block", "192.168.0.2", RrType.A, "www.example.org.", "Pass")]
    [InlineData("block", "192.168.1.2", RrType.A, "www.example.org.", "Refuse")]
    [InlineData("block", "192.168.1.2", RrType.Txt, "www.example.org.", "Pass")]
    [InlineData("block", "192.168.1.2", RrType.A, "www.example.net.", "Pass")]
    [InlineData("block", "2001:db8:abcd:12::5", RrType.A, "www.example.org.", "Refuse")]
    [InlineData("block", "2001:db8:abcd:13::5", RrType.A, "www.example.org.", "Pass")]
    [InlineData("filter", "192.168.1.2", RrType.A, "EXAMPLE.org.", "Answer")]
    [InlineData("drop", "192.168.1.2", RrType.A, "www.example.org.", "Drop")]
    public void Check_TypesAndNetworks_DecidePerZone(
        string action, string client, ushort type, string name, string expected)
    {
        AclAction parsed = action switch { "block" => AclAction.Block, "filter" => AclAction.Filter, _ => AclAction.Drop };
        AclFilter filter = AclFilter.Compile(
            [Acl("example.org.", Rule(parsed, ["192.168.1.0/24", "2001:db8:abcd:12::/64"], RrType.A))]);

        Assert.Equal(expected, Check(filter, new Asked(name, type, client), out ExtendedError error).ToString());
        Assert.Equal(
            expected switch { "Refuse" => ExtendedError.Blocked, "Answer" => ExtendedError.Filtered, _ => ExtendedError.None },
            error);
    }

    [Fact]
    public void Check_SeveralRules_FirstThatFitsDecides()
    {
        AclFilter filter = AclFilter.Compile(
        [
            Acl(".", Rule(AclAction.Allow, ["10.1.0.0/16"]), Rule(AclAction.Block, ["10.0.0.0/8"])),
        ]);

        Assert.Equal(FilterVerdict.Pass, Check(filter, new Asked("a.", client: "10.1.2.3"), out _));
        Assert.Equal(FilterVerdict.Refuse, Check(filter, new Asked("a.", client: "10.2.2.3"), out _));
        Assert.Equal(FilterVerdict.Pass, Check(filter, new Asked("a.", client: "11.2.2.3"), out _));
    }

    [Fact]
    public void Check_SeveralDirectives_AllowEndsAndNoMatchGoesOn()
    {
        AclFilter filter = AclFilter.Compile(
        [
            Acl("a.example.", Rule(AclAction.Allow)),
            Acl("example.", Rule(AclAction.Block, null, RrType.Txt)),
            Acl(".", Rule(AclAction.Filter)),
        ]);

        Assert.Equal(FilterVerdict.Pass, Check(filter, new Asked("x.a.example.", RrType.Txt), out _));
        Assert.Equal(FilterVerdict.Refuse, Check(filter, new Asked("x.b.example.", RrType.Txt), out _));
        Assert.Equal(FilterVerdict.Answer, Check(filter, new Asked("x.b.example."), out _));
    }

    [Fact]
    public void TryWrite_BlockAndFilter_AreEmptyAnswersToTheQuestion()
    {
        Asked asked = new("wWw.example.org.");
        DnsMessage refused = asked.Answer((in QueryContext query, ref ResponseWriter writer) =>
            AclFilter.TryWrite(query, FilterVerdict.Refuse, ref writer));
        DnsMessage filtered = asked.Answer((in QueryContext query, ref ResponseWriter writer) =>
            AclFilter.TryWrite(query, FilterVerdict.Answer, ref writer));

        Assert.Equal(Rcode.Refused, refused.Rcode);
        Assert.Equal(Rcode.NoError, filtered.Rcode);
        Assert.Empty(refused.AllRecords.Concat(filtered.AllRecords));
        Assert.Equal("wWw.example.org.", filtered.Question.Name);
    }

    [Fact]
    public void Check_AnyQuestion_AllocatesNothing()
    {
        AclFilter filter = AclFilter.Compile(
        [
            Acl("example.", Rule(AclAction.Block, ["192.168.0.0/16", "fd00::/8"], RrType.A, RrType.Txt)),
            Acl(".", Rule(AclAction.Filter, ["172.16.0.0/12"])),
        ]);
        Asked asked = new("a.b.example.");

        Assert.Equal(0, Asked.Allocated(() => filter.Check(asked.Context, out _)));
    }

    [Fact]
    public void AddressRanges_ThousandsOfNetworks_FindTheRightOnes()
    {
        ImmutableArray<IPNetwork> networks =
        [
            .. Enumerable.Range(0, 4000).Select(i => new IPNetwork(new IPAddress([10, (byte)(i / 200), (byte)(i % 200), 0]), 25)),
            IPNetwork.Parse("10.3.0.0/16"),
            IPNetwork.Parse("255.255.255.255/32"),
        ];
        AddressRanges ranges = AddressRanges.Compile(networks);

        Assert.True(ranges.Contains([10, 0, 0, 0]));
        Assert.True(ranges.Contains([10, 19, 199, 127]));
        Assert.False(ranges.Contains([10, 19, 199, 128]));
        Assert.True(ranges.Contains([10, 3, 250, 250]));
        Assert.True(ranges.Contains([255, 255, 255, 255]));
        Assert.False(ranges.Contains([255, 255, 255, 254]));
        Assert.False(ranges.Contains(IPAddress.Parse("::1").GetAddressBytes()));
        Assert.True(AddressRanges.Compile([IPNetwork.Parse("0.0.0.0/0")]).Contains([1, 2, 3, 4]));
        Assert.True(AddressRanges.Compile([IPNetwork.Parse("::/0")]).Contains(IPAddress.IPv6Loopback.GetAddressBytes()));
    }
}
