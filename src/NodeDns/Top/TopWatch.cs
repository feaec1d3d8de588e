using System;
using System.Threading;
using NodeDns.Timing;

namespace NodeDns.Top;

/// <summary>Whether names and clients are counted, and for how much longer: on from a look on, off when nobody looks any more.</summary>
/// <remarks>Off, it costs a worker one read of a field per batch, and there are no sketches in memory.</remarks>
internal sealed class TopWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Clock _clock;
    private readonly int _parts;
    private readonly Timer _timer;
    private TopSketch[]? _sketches;
    private long _until;
    private long _nextHalving;

    /// <param name="clock">The program's clock.</param>
    /// <param name="parts">One sketch for each worker and one for all TCP clients.</param>
    public TopWatch(Clock clock, int parts)
    {
        _clock = clock;
        _parts = parts;
        _timer = new Timer(_ => EndWhenDue(), null, Timeout.Infinite, Timeout.Infinite);
        clock.Advanced += EndWhenDue;
    }

    public bool IsOn => Volatile.Read(ref _sketches) is not null;

    /// <summary>The sketch of one part; null while nobody looks.</summary>
    public TopSketch? Sketch(int part) => Volatile.Read(ref _sketches)?[part];

    /// <summary>The sketch of the TCP clients; null while nobody looks.</summary>
    public TopSketch? TcpSketch => Sketch(_parts - 1);

    /// <summary>Somebody looks: turns counting on, or keeps it on, and tells what is counted.</summary>
    public TopReport Look()
    {
        TopReport report = new();
        lock (_gate)
        {
            long now = _clock.NowMilliseconds;
            if (_sketches is null)
            {
                TopSketch[] sketches = new TopSketch[_parts];
                for (int i = 0; i < _parts; i++)
                {
                    sketches[i] = new TopSketch();
                }

                Volatile.Write(ref _sketches, sketches);
                _nextHalving = now + (long)TopLimits.HalfLife.TotalMilliseconds;
            }

            _until = now + (long)TopLimits.Lease.TotalMilliseconds;
            _timer.Change(TopLimits.Lease + TopLimits.TimerSlack, Timeout.InfiniteTimeSpan);
            foreach (TopSketch sketch in _sketches!)
            {
                sketch.CopyTo(report);
            }

            if (now >= _nextHalving)
            {
                _nextHalving = now + (long)TopLimits.HalfLife.TotalMilliseconds;
                Array.ForEach(_sketches, sketch => sketch.Halve());
            }
        }

        return report;
    }

    public void Dispose()
    {
        _clock.Advanced -= EndWhenDue;
        _timer.Dispose();
    }

    private void EndWhenDue()
    {
        lock (_gate)
        {
            if (_sketches is not null && _clock.NowMilliseconds >= _until)
            {
                Volatile.Write(ref _sketches, null);
            }
        }
    }
}
