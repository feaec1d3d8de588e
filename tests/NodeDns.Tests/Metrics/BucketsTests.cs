using NodeDns.Metrics;
using Xunit;

namespace NodeDns.Tests.Metrics;

public sealed class BucketsTests
{
    /// <summary>CoreDNS's bounds as it writes them: prometheus.ExponentialBuckets(0.00025, 2, 16) and the sizes of its slice.</summary>
    [Fact]
    public void Texts_OfCoreDnsBounds_AreSpelledAsItSpellsThem()
    {
        Assert.Equal(
            [
                "1e-06", "2e-06", "5e-06", "1e-05", "2.5e-05", "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.002", "0.004",
                "0.008", "0.016", "0.032", "0.064", "0.128", "0.256", "0.512", "1.024", "2.048", "4.096", "8.192", "+Inf",
            ],
            Buckets.Durations.Texts);
        Assert.Equal(
            ["0", "100", "200", "300", "400", "511", "1023", "2047", "4095", "8291", "16000", "32000", "48000", "64000", "+Inf"],
            Buckets.Sizes.Texts);
        Assert.Equal(["0.00025", "0.0025", "0.025", "0.25", "2.5", "+Inf"], Buckets.Health.Texts);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(250, 7)]
    [InlineData(251, 8)]
    [InlineData(8_192_000, 22)]
    [InlineData(8_192_001, 23)]
    public void IndexOf_AtTheBounds_CountsABoundAsBelow(long microseconds, int bucket) =>
        Assert.Equal(bucket, Buckets.Durations.IndexOf(microseconds));

    [Fact]
    public void SizeIndex_OfEverySize_IsWhatTheSearchFinds()
    {
        for (int size = 0; size <= 65535; size++)
        {
            Assert.Equal(Buckets.Sizes.IndexOf(size), SizeIndex.Of(size));
        }
    }
}
