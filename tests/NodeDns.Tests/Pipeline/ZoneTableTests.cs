using System.Linq;
using NodeDns.Pipeline;
using NodeDns.Tests.Cache;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Pipeline;

public sealed class ZoneTableTests
{
    private static readonly ZoneTable s_table = Table(".", "test.", "a.test.", "deep.er.a.test.");

    [Theory]
    [InlineData("a.test.", "a.test.")]
    [InlineData("x.a.test.", "a.test.")]
    [InlineData("er.a.test.", "a.test.")]
    [InlineData("deep.er.a.test.", "deep.er.a.test.")]
    [InlineData("very.deep.er.a.test.", "deep.er.a.test.")]
    [InlineData("ba.test.", "test.")]
    [InlineData("example.", ".")]
    [InlineData(".", ".")]
    public void Match_Name_FindsTheLongestZone(string name, string zone) =>
        Assert.Equal(zone, Match(s_table, name, RecordType.A)?.Text);

    [Fact]
    public void Match_DsOfAZone_GoesToItsParent()
    {
        Assert.Equal("test.", Match(s_table, "a.test.", RecordType.DS)?.Text);
        Assert.Equal("a.test.", Match(s_table, "x.a.test.", RecordType.DS)?.Text);
        Assert.Equal("only.", Match(Table("only."), "only.", RecordType.DS)?.Text);
    }

    [Fact]
    public void Match_OutsideAllZones_FindsNone() => Assert.Null(Match(Table("a.test.", "b."), "c.test.", RecordType.A));

    [Fact]
    public void Match_AmongAThousandZones_FindsEach()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"z{i}.test.")];
        ZoneTable table = Table(names);
        Assert.All(names, name => Assert.Equal(name, Match(table, "x." + name, RecordType.A)?.Text));
    }

    private static ZoneTable Table(params string[] zones) => new(
        [.. zones.Select(zone => new ZonePlan { Name = CacheFixture.Name(zone), Text = zone, Space = 0 })]);

    private static ZonePlan? Match(ZoneTable table, string name, RecordType type)
    {
        byte[] wire = CacheFixture.Name(name);
        return table.Match(wire, DomainName.CountLabels(wire), type);
    }
}
