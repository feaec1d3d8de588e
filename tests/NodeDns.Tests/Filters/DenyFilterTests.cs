using System.Linq;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Filters;

public class DenyFilterTests
{
    private static readonly DenyFilter s_filter = DenyFilter.Compile(
        [new DenyConfig(["emrsn.org.", "deep.under.example."]), new DenyConfig(["a\\.b.test."])]);

    [Theory]
    [InlineData("emrsn.org.", true)]
    [InlineData("www.EMRSN.org.", true)]
    [InlineData("a.b.c.emrsn.org.", true)]
    [InlineData("xemrsn.org.", false)]
    [InlineData("org.", false)]
    [InlineData("under.example.", false)]
    [InlineData("x.deep.under.example.", true)]
    [InlineData("a\\.b.test.", true)]
    [InlineData("a.b.test.", false)]
    [InlineData("\\000.emrsn.org.", true)]
    [InlineData("x\\.emrsn.org.", false)]
    [InlineData(".", false)]
    public void Check_Name_IsDeniedAtAndBelowTheListed(string name, bool denied) =>
        Assert.Equal(denied, s_filter.Check(new Asked(name).Context) == FilterVerdict.Answer);

    [Fact]
    public void TryWrite_Denied_GivesNxdomainWithTheSoaOfTheListedName()
    {
        DnsMessage answer = new Asked("a.www.eMrsn.org.", RrType.Aaaa).Answer(s_filter.TryWrite);

        Assert.Equal(Rcode.NxDomain, answer.Rcode);
        DnsRecord soa = Assert.Single(answer.AllRecords);
        Assert.Equal(("emrsn.org.", RrType.Soa, 60u), (soa.Name.ToLowerInvariant(), soa.Type, soa.Ttl));
    }

    [Fact]
    public void Check_Root_DeniesEverything() =>
        Assert.Equal(
            FilterVerdict.Answer,
            DenyFilter.Compile([new DenyConfig(["."])]).Check(new Asked("any.thing.").Context));

    [Fact]
    public void Check_HundredThousandNames_FindsEachAndNothingElse()
    {
        string[] names = [.. Enumerable.Range(0, 100_000).Select(i => $"n{i}.ads{i % 7}.example.")];
        DenyFilter filter = DenyFilter.Compile([new DenyConfig([.. names])]);

        Assert.All(names.Where((_, i) => i % 997 == 0), name =>
        {
            Assert.Equal(FilterVerdict.Answer, filter.Check(new Asked(name).Context));
            Assert.Equal(FilterVerdict.Pass, filter.Check(new Asked("x" + name).Context));
        });
    }

    [Fact]
    public void Check_LongestName_AllocatesNothing()
    {
        Asked asked = new(string.Concat(Enumerable.Repeat("a.", 120)) + "emrsn.org.");
        Assert.Equal(0, Asked.Allocated(() => s_filter.Check(asked.Context)));
    }
}
