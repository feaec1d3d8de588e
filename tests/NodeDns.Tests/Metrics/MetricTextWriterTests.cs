using System.Buffers;
using System.Text;
using NodeDns.Metrics;
using Xunit;

namespace NodeDns.Tests.Metrics;

public sealed class MetricTextWriterTests
{
    private static readonly MetricFamily s_counter = new("a_total", MetricKind.Counter, "Help.", "x");
    private static readonly MetricFamily s_histogram = new("b_seconds", MetricKind.Histogram, "Help.", "x");

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("quote \" back \\ line \n end", "quote \\\" back \\\\ line \\n end")]
    [InlineData("nul \0 \u00ff", "nul \0 \u00ff")]
    public void Labels_WithOddCharacters_AreEscapedAsTheFormatsWantIt(string value, string written) => Assert.Equal(
        $"# HELP a_total Help.\n# TYPE a_total counter\na_total{{x=\"{written}\"}} 7\n",
        Write(openMetrics: false, s_counter, new SampleLabels(["x"], value)));

    [Fact]
    public void Counter_InOpenMetrics_HasItsFamilyWithoutTheSuffixAndEndsWithEof() => Assert.Equal(
        "# HELP a Help.\n# TYPE a counter\na_total 7\n# EOF\n", Write(openMetrics: true, s_counter, SampleLabels.None));

    [Fact]
    public void Histogram_OfCells_IsAddedUpWithCoreDnsBounds()
    {
        ArrayBufferWriter<byte> output = new();
        MetricTextWriter writer = new(output, openMetrics: false);
        long[] cells = new long[Buckets.Durations.Count];
        cells[0] = 1;
        cells[7] = 2;
        cells[^1] = 3;
        writer.Begin(s_histogram);
        writer.Add(new SampleLabels(["x"], "y"), Buckets.Durations, cells, 25_000_000);
        string[] lines = Encoding.UTF8.GetString(output.WrittenSpan).Split('\n');

        Assert.Equal("b_seconds_bucket{x=\"y\",le=\"1e-06\"} 1", lines[2]);
        Assert.Contains("b_seconds_bucket{x=\"y\",le=\"0.00025\"} 3", lines);
        Assert.Contains("b_seconds_bucket{x=\"y\",le=\"8.192\"} 3", lines);
        Assert.Contains("b_seconds_bucket{x=\"y\",le=\"+Inf\"} 6", lines);
        Assert.Contains("b_seconds_sum{x=\"y\"} 25", lines);
        Assert.Contains("b_seconds_count{x=\"y\"} 6", lines);
    }

    private static string Write(bool openMetrics, MetricFamily family, SampleLabels labels)
    {
        ArrayBufferWriter<byte> output = new();
        MetricTextWriter writer = new(output, openMetrics);
        writer.Begin(family);
        writer.Add(labels, 7L);
        writer.End();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
