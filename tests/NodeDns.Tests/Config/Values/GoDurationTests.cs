using System;
using NodeDns.Config.Values;
using Xunit;

namespace NodeDns.Tests.Config.Values;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("5s", 5_000)]
    [InlineData("86400s", 86_400_000)]
    [InlineData("1h20m", 4_800_000)]
    [InlineData("0.5s", 500)]
    [InlineData(".5s", 500)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("100ms", 100)]
    [InlineData("1500us", 1.5)]
    [InlineData("1500\u00b5s", 1.5)]
    [InlineData("1000000ns", 1)]
    [InlineData("+3m", 180_000)]
    [InlineData("-20m", -1_200_000)]
    public void TryParse_GoodText_ItsMilliseconds(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan value, out _));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("aa")]
    [InlineData("s")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData(".s")]
    [InlineData("3s4")]
    [InlineData("1h 2m")]
    [InlineData("9999999999h")]
    [InlineData("99999999999999999999s")]
    public void TryParse_BadText_Refused(string text)
    {
        Assert.False(GoDuration.TryParse(text, out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void TryParse_NoUnit_SaysWhatWasMeant()
    {
        Assert.False(GoDuration.TryParse("20", out _, out string? error));
        Assert.Equal("\"20\" has no unit; did you mean \"20s\"?", error);
    }

    [Fact]
    public void TryParse_Days_NamesTheUnitsThereAre()
    {
        Assert.False(GoDuration.TryParse("1d", out _, out string? error));
        Assert.Contains("unknown unit \"d\"; expected ns, us, ms, s, m or h", error, StringComparison.Ordinal);
    }
}
