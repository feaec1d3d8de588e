using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NodeDns.Metrics;

/// <summary>The upper bounds of a histogram, with the text of each as both text formats want it.</summary>
/// <remarks>A histogram has one cell more than bounds: the last counts what is above them all.</remarks>
internal sealed class Buckets
{
    private readonly long[] _bounds;

    private Buckets(long[] bounds, double unit)
    {
        _bounds = bounds;
        Unit = unit;
        string[] texts = [.. bounds.Select(bound => Text(bound * unit)), "+Inf"];
        Texts = texts;
        Plain = [.. texts.Select(Encoding.ASCII.GetBytes)];
        Canonical = [.. texts.Select(text => Encoding.ASCII.GetBytes(ToCanonical(text)))];
    }

    /// <summary>Of times, in microseconds: finer ones for answers from the cache, then CoreDNS's 0.25 ms to 8.192 s.</summary>
    public static Buckets Durations { get; } = new(
        [
            1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000,
            1_024_000, 2_048_000, 4_096_000, 8_192_000,
        ],
        1e-6);

    /// <summary>Of messages, in bytes; CoreDNS's.</summary>
    public static Buckets Sizes { get; } = new(
        [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000], 1);

    /// <summary>Of the server's own questions, in microseconds; CoreDNS's.</summary>
    public static Buckets Health { get; } = new([250, 2_500, 25_000, 250_000, 2_500_000], 1e-6);

    /// <summary>Of stale answers, in seconds since they expired.</summary>
    public static Buckets StaleAges { get; } = new([1, 10, 60, 600, 3_600, 21_600, 86_400], 1);

    /// <summary>Cells of a histogram: one per bound and one above.</summary>
    public int Count => _bounds.Length + 1;

    /// <summary>What one of the numbers that are counted is in the unit of the metric.</summary>
    public double Unit { get; }

    /// <summary>The values of <c>le</c>.</summary>
    public string[] Texts { get; }

    /// <summary>The same as Go writes them.</summary>
    public byte[][] Plain { get; }

    /// <summary>The same as OpenMetrics wants them: always with a point or an exponent.</summary>
    public byte[][] Canonical { get; }

    public int IndexOf(long value)
    {
        int low = 0;
        int high = _bounds.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (value <= _bounds[middle])
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>As Go's %g, which CoreDNS's bounds are written in: 1e-05, 0.00025, 8.192, 16000.</summary>
    private static string Text(double bound)
    {
        double rounded = Math.Round(bound, 9);
        return rounded is > 0 and < 0.0001
            ? rounded.ToString("0.##e-00", CultureInfo.InvariantCulture)
            : rounded.ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static string ToCanonical(string text) => text.AsSpan().ContainsAny(".e+") ? text : text + ".0";
}
