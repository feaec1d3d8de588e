using Xunit;

namespace NodeDns.Load.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5, 500_000)]
    [InlineData(0.9, 900_000)]
    [InlineData(0.99, 990_000)]
    [InlineData(0.999, 999_000)]
    public void Quantile_OfAThousandEvenSteps_IsWithinOneBucket(double share, long expected)
    {
        LatencyHistogram histogram = new();
        for (long i = 1; i <= 1000; i++)
        {
            histogram.Add(i * 1000);
        }

        Assert.InRange(histogram.Quantile(share), expected, (long)(expected * 1.016) + 1);
        Assert.Equal(1_000_000, histogram.MaxNanoseconds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_000_003)]
    [InlineData(long.MaxValue)]
    public void Quantile_OfOneValue_IsThatValue(long value)
    {
        LatencyHistogram histogram = new();
        histogram.Add(value);
        Assert.Equal(value, histogram.Quantile(0.999));
    }

    [Fact]
    public void Clear_AfterValues_ForgetsThem()
    {
        LatencyHistogram histogram = new();
        histogram.Add(1_000_000);
        histogram.Clear();
        histogram.Add(5);
        Assert.Equal(5, histogram.Quantile(1));
    }
}
