using System;
using System.Linq;
using System.Threading;
using NodeDns.Metrics;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Metrics;

public sealed class CounterRegistryTests
{
    private readonly CounterRegistry _registry = new();
    private readonly long[] _cells = new long[ZoneCounters.Cells];

    [Fact]
    public void Zone_SameWords_KeepsItsNumber()
    {
        ZoneSeries first = _registry.Zone("dns://:53", ".");
        Assert.NotEqual(first.Index, _registry.Zone("dns://:53", "a.").Index);
        Assert.Same(first, _registry.Zone("dns://:53", "."));
    }

    [Fact]
    public void Sum_OfSeveralThreads_IsWhatAllOfThemCounted()
    {
        ZoneSeries series = _registry.Zone("dns://:53", ".");
        byte[] reply = new byte[120];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            WorkerCounters mine = _registry.Add();
            for (int i = 0; i < 10_000; i++)
            {
                ZoneCounters zone = mine.Zone(series.Index);
                zone.CountReply(new CountedQuery(false, true, RecordType.AAAA, 40, true), ResponseCode.NameError, Answerer.Cache, reply);
                mine.TimeWithBatch(zone);
                if (i % 64 == 63 || i == 9_999)
                {
                    mine.EndBatch(30);
                }
            }
        }))];
        threads.ToList().ForEach(thread => thread.Start());
        threads.ToList().ForEach(thread => thread.Join());
        _registry.Sum(series, _cells);

        Assert.Equal(40_000, _cells[ZoneCounters.RequestCell(0, 1, LabelValues.TypeIndex(RecordType.AAAA))]);
        Assert.Equal(40_000, _cells[ZoneCounters.ResponseCell(LabelValues.RcodeIndex(ResponseCode.NameError), (int)Answerer.Cache)]);
        Assert.Equal(40_000, _cells[ZoneCounters.SizeCell(ZoneCounters.RequestSizes, 0) + 1]);
        Assert.Equal(40_000, _cells[ZoneCounters.SizeCell(ZoneCounters.ReplySizes, 0) + 2]);
        Assert.Equal(40_000, _cells[ZoneCounters.Durations + Buckets.Durations.IndexOf(30)]);
        Assert.Equal(40_000 * 30, _cells[ZoneCounters.DurationSum]);
        Assert.Equal(40_000, _cells[ZoneCounters.Singles + (int)ZoneCell.DnssecOk]);
    }

    [Fact]
    public void Add_WithoutEnd_TakesABoundedAmountOfMemory()
    {
        for (int i = 0; i < CounterRegistry.MaxWorkers + 100; i++)
        {
            _registry.Add();
        }

        Assert.Equal(CounterRegistry.MaxWorkers, _registry.Workers.Length);
    }

    [Fact]
    public void Cells_BeforeAndBehind_StayEmptyForPadding()
    {
        ZoneCounters zone = new();
        for (int cell = 0; cell < (int)ZoneCell.Count; cell++)
        {
            zone.Add((ZoneCell)cell);
        }

        zone.CountReply(new CountedQuery(true, true, RecordType.None, 65535, true), (ResponseCode)99, Answerer.Local, new byte[65535]);
        zone.Time(long.MaxValue / 2);

        Assert.False(zone.All[..16].ContainsAnyExcept(0));
        Assert.False(zone.All[^16..].ContainsAnyExcept(0));
    }
}
