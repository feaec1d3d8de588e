using System;
using System.Linq;
using NodeDns.Config;
using Xunit;

namespace NodeDns.Tests.Config.Directives;

public sealed class CacheDirectiveTests
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void Bare_DefaultsOfCoreDns()
    {
        CacheConfig cache = Read("cache");

        Assert.Equal(["example.org."], cache.Zones.ToArray());
        Assert.Equal((0, 3600, 5), (cache.SuccessCapacity, cache.SuccessMaxTtl, cache.SuccessMinTtl));
        Assert.Equal((0, 1800, 5), (cache.DenialCapacity, cache.DenialMaxTtl, cache.DenialMinTtl));
        Assert.Null(cache.ServfailTtl);
        Assert.Null(cache.Prefetch);
        Assert.Null(cache.ServeStale);
        Assert.False(cache.KeepTtl);
        Assert.Empty(cache.DisableSuccessZones);
        Assert.Empty(cache.DisableDenialZones);
    }

    [Fact]
    public void Number_IsTheCapOfBothTables()
    {
        CacheConfig cache = Read("cache 25 example.nl");

        Assert.Equal((25, 25), (cache.SuccessMaxTtl, cache.DenialMaxTtl));
        Assert.Equal(["example.nl."], cache.Zones.ToArray());
    }

    [Fact]
    public void Words_AreZones() => Assert.Equal(["aaa.", "example.nl."], Read("cache aaa example.nl").Zones.ToArray());

    [Fact]
    public void EmptyBraces_AreAnEmptyBlock() => Assert.Equal(["example.org."], Read("cache {}").Zones.ToArray());

    [Fact]
    public void Capacities_WithTtls_Read()
    {
        CacheConfig cache = Read("cache 25 example.nl {\nsuccess 10 1800 30\ndenial 10 15 5\n}");

        Assert.Equal((10, 1800, 30), (cache.SuccessCapacity, cache.SuccessMaxTtl, cache.SuccessMinTtl));
        Assert.Equal((10, 15, 5), (cache.DenialCapacity, cache.DenialMaxTtl, cache.DenialMinTtl));
    }

    [Fact]
    public void MinTtl_AboveTheCap_IsTheCap()
    {
        CacheConfig cache = Read("cache {\nsuccess 10 30 60\ndenial 10 3\n}");

        Assert.Equal((30, 30), (cache.SuccessMaxTtl, cache.SuccessMinTtl));
        Assert.Equal((3, 3), (cache.DenialMaxTtl, cache.DenialMinTtl));
    }

    [Theory]
    [InlineData("prefetch 10", 10, 60, 10)]
    [InlineData("prefetch 5 2m", 5, 120, 10)]
    [InlineData("prefetch 5 2m 30%", 5, 120, 30)]
    public void Prefetch_Forms_Read(string option, int amount, int seconds, int percentage) =>
        Assert.Equal(
            new PrefetchConfig(amount, TimeSpan.FromSeconds(seconds), percentage), Read($"cache {{\n{option}\n}}").Prefetch);

    [Fact]
    public void Prefetch_Zero_IsOff() => Assert.Null(Read("cache {\nprefetch 0\n}").Prefetch);

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("5m", 300)]
    [InlineData("0s", 0)]
    [InlineData("0", 0)]
    public void Servfail_InRange_Read(string duration, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read($"cache {{\nservfail {duration}\n}}").ServfailTtl);

    [Fact]
    public void Disable_WithAndWithoutZones_Read()
    {
        CacheConfig cache = Read("cache {\ndisable success\ndisable denial a.example B.example\nkeepttl\n}");

        Assert.Equal(["."], cache.DisableSuccessZones.ToArray());
        Assert.Equal(["a.example.", "b.example."], cache.DisableDenialZones.ToArray());
        Assert.True(cache.KeepTtl);
    }

    [Theory]
    [InlineData("cache 0", "2:7")]
    [InlineData("cache -1", "2:7")]
    [InlineData("cache 99999999999", "2:7")]
    [InlineData("cache {\nsuccess\n}", "3:1")]
    [InlineData("cache {\nsuccess 10 0\n}", "3:12")]
    [InlineData("cache {\nsuccess 10 10 -1\n}", "3:15")]
    [InlineData("cache {\nsuccess 10 10 1 1\n}", "3:17")]
    [InlineData("cache {\ndenial aaa\n}", "3:8")]
    [InlineData("cache {\npositive 15\n}", "3:1")]
    [InlineData("cache {\nprefetch\n}", "3:1")]
    [InlineData("cache {\nprefetch -1\n}", "3:10")]
    [InlineData("cache {\nprefetch 0 blurp\n}", "3:12")]
    [InlineData("cache {\nprefetch 1 1m 5%\n}", "3:15")]
    [InlineData("cache {\nprefetch 1 1m 91%\n}", "3:15")]
    [InlineData("cache {\nprefetch 1 1m 50\n}", "3:15")]
    [InlineData("cache\ncache", "3:1")]
    [InlineData("cache {\nservfail\n}", "3:1")]
    [InlineData("cache {\nservfail 6m\n}", "3:10")]
    [InlineData("cache {\nservfail 20\n}", "3:10")]
    [InlineData("cache {\nservfail -1s\n}", "3:10")]
    [InlineData("cache {\nservfail aa\n}", "3:10")]
    [InlineData("cache {\nservfail 1m invalid\n}", "3:13")]
    [InlineData("cache {\ndisable\n}", "3:1")]
    [InlineData("cache {\ndisable invalid\n}", "3:9")]
    [InlineData("cache {\nkeepttl 5\n}", "3:9")]
    [InlineData("cache {\nkeepttl {\n}\n}", "3:1")]
    public void Mistake_Refused_AtItsPlace(string directive, string place) =>
        Assert.StartsWith($"Corefile:{place}: cache: ", Assert.Single(Errors(directive)), StringComparison.Ordinal);

    private CacheConfig Read(string directive) => _machine.ReadBlock($"example.org {{\n{directive}\n}}").Cache!;

    private string[] Errors(string directive) => [.. _machine.ReadErrors($"example.org {{\n{directive}\n}}")];
}
