using System;
using System.Buffers;
using NodeDns.Metrics;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Metrics;

public sealed class ZoneMetricsTests
{
    /// <summary>What a scrape allocates does not grow with the number of series.</summary>
    [Fact]
    public void Collect_ManyZones_AllocatesNoMoreThanFew()
    {
        long few = AllocatedByAScrape(2, out int fewBytes);
        long many = AllocatedByAScrape(200, out int manyBytes);

        Assert.True(manyBytes > 50 * fewBytes);
        Assert.InRange(many - few, long.MinValue, 256);
    }

    private static long AllocatedByAScrape(int zones, out int bytes)
    {
        CounterRegistry registry = new();
        WorkerCounters worker = registry.Add();
        for (int i = 0; i < zones; i++)
        {
            ZoneSeries series = registry.Zone("dns://:53", $"zone{i}.");
            series.CacheZones = $"zone{i}.";
            worker.Zone(series.Index).CountReply(
                new CountedQuery(false, false, RecordType.A, 40, true), ResponseCode.NoError, Answerer.Cache, new byte[100]);
        }

        ZoneTotals totals = new(registry);
        MetricSet set = new();
        set.Prepare(totals.Refresh);
        new ZoneMetrics(totals).Register(set);
        new CacheMetrics(totals, (_, _) => 1, (_, _) => 1).Register(set);
        ArrayBufferWriter<byte> output = new(4 << 20);
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            output.ResetWrittenCount();
            MetricTextWriter writer = new(output, openMetrics: false);
            long before = GC.GetAllocatedBytesForCurrentThread();
            set.Collect(writer);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        bytes = output.WrittenCount;
        return least;
    }
}
