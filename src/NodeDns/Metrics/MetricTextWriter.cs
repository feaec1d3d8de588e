using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeDns.Metrics;

/// <summary>Writes metrics as text: Prometheus' format 0.0.4, or OpenMetrics 1.0.</summary>
/// <remarks>
/// The two differ in the names of counters' families, in the spelling of bounds and in the last line. Labels and bounds
/// come rendered, numbers are formatted in place: nothing is allocated per series.
/// </remarks>
internal sealed class MetricTextWriter(IBufferWriter<byte> output, bool openMetrics) : IMetricSink
{
    private const int NumberBytes = 32;
    private static readonly string[] s_kinds = ["counter", "gauge", "histogram"];
    private byte[] _name = [];

    public void Begin(MetricFamily family)
    {
        _name = Encoding.ASCII.GetBytes(family.Name);
        ReadOnlySpan<byte> name = _name;
        if (openMetrics && family.Kind == MetricKind.Counter)
        {
            name = name[..^"_total".Length];
        }

        output.Write("# HELP "u8);
        output.Write(name);
        output.Write(" "u8);
        Encoding.UTF8.GetBytes(family.Help.AsSpan(), output);
        output.Write("\n# TYPE "u8);
        output.Write(name);
        output.Write(" "u8);
        Encoding.UTF8.GetBytes(s_kinds[(int)family.Kind].AsSpan(), output);
        output.Write("\n"u8);
    }

    public void Add(SampleLabels labels, long value)
    {
        Head(""u8, labels, default);
        End(value);
    }

    public void Add(SampleLabels labels, double value)
    {
        Head(""u8, labels, default);
        End(value);
    }

    public void Add(SampleLabels labels, Buckets buckets, ReadOnlySpan<long> cells, long sum)
    {
        byte[][] bounds = openMetrics ? buckets.Canonical : buckets.Plain;
        long count = 0;
        for (int i = 0; i < buckets.Count; i++)
        {
            count += cells[i];
            Head("_bucket"u8, labels, bounds[i]);
            End(count);
        }

        Head("_sum"u8, labels, default);
        End(sum * buckets.Unit);
        Head("_count"u8, labels, default);
        End(count);
    }

    /// <summary>The last line, without which OpenMetrics counts as cut off.</summary>
    public void End()
    {
        if (openMetrics)
        {
            output.Write("# EOF\n"u8);
        }
    }

    private void Head(ReadOnlySpan<byte> suffix, SampleLabels labels, ReadOnlySpan<byte> bound)
    {
        output.Write(_name);
        output.Write(suffix);
        if (labels.Text.Length > 0 || !bound.IsEmpty)
        {
            output.Write("{"u8);
            output.Write(labels.Text);
            if (!bound.IsEmpty)
            {
                output.Write(labels.Text.Length > 0 ? ",le=\""u8 : "le=\""u8);
                output.Write(bound);
                output.Write("\""u8);
            }

            output.Write("}"u8);
        }

        output.Write(" "u8);
    }

    private void End(long value)
    {
        value.TryFormat(output.GetSpan(NumberBytes), out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\n"u8);
    }

    private void End(double value)
    {
        value.TryFormat(output.GetSpan(NumberBytes), out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\n"u8);
    }
}
