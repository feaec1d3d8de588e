using NodeDns.Admin;
using Xunit;

namespace NodeDns.Tests.Admin;

public sealed class ReadinessTests
{
    [Fact]
    public void Missing_PartsNotReady_NamesThemSorted()
    {
        Readiness readiness = new();
        readiness.Add("upstreams", () => false);
        readiness.Add("listeners", () => false);
        readiness.Add("cache", () => true);

        Assert.Equal(["listeners", "upstreams"], readiness.Missing(continuously: false));
    }

    [Fact]
    public void Missing_PartReadyOnceAndThenNot_CountsOnlyWhenAskedContinuously()
    {
        bool ready = true;
        Readiness readiness = new();
        readiness.Add("upstreams", () => ready);
        Assert.Empty(readiness.Missing(continuously: false));

        ready = false;

        Assert.Empty(readiness.Missing(continuously: false));
        Assert.Equal(["upstreams"], readiness.Missing(continuously: true));
    }

    [Fact]
    public void Add_SameNameAgain_ReplacesThePart()
    {
        Readiness readiness = new();
        readiness.Add("listeners", () => false);
        readiness.Add("listeners", () => true);
        Assert.Empty(readiness.Missing(continuously: true));

        readiness.Add("listeners", () => false);
        readiness.Remove("listeners");
        Assert.Empty(readiness.Missing(continuously: true));
    }
}
