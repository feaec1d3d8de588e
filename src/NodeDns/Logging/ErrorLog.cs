using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Logging;

/// <summary>The errors directive of one server block: a line for each question that failed, bounded per second.</summary>
/// <remarks>Called by workers when a question fails, never for one that is answered. Counts without locks.</remarks>
internal sealed class ErrorLog : IDisposable
{
    /// <summary>How each of its lines begins, as in CoreDNS.</summary>
    public const string Source = "plugin/errors: ";
    private const int SecondMilliseconds = 1000;

    private sealed class Bucket(ErrorRule rule)
    {
        public long Count;
        public long DueMilliseconds;

        public ErrorRule Rule => rule;
    }

    private readonly Log _log;
    private readonly RecentErrors? _recent;
    private readonly Clock _clock;
    private readonly ImmutableArray<Bucket> _buckets;
    private readonly Timer _timer;
    private long _second;
    private int _linesThisSecond;
    private long _suppressed;
    private int _timerRunning;

    public ErrorLog(ImmutableArray<ErrorRule> rules, Log log, Clock clock, RecentErrors? recent = null)
    {
        _recent = recent;
        _log = log;
        _clock = clock;
        _buckets = [.. rules.Select(rule => new Bucket(rule))];
        _timer = new Timer(_ => OnTimer(), null, Timeout.Infinite, Timeout.Infinite);
        clock.Advanced += Tick;
    }

    /// <summary>Logs or counts one failed question.</summary>
    /// <param name="name">Wire form.</param>
    public void Record(ResponseCode rcode, ReadOnlySpan<byte> name, RecordType type, string error)
    {
        _recent?.Add(error, name, type);
        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Rule.Pattern.IsMatch(error))
            {
                Count(bucket, rcode, name, type, error);
                return;
            }
        }

        Show(LogLevel.Error, rcode, name, type, error);
    }

    /// <summary>Says what is due; called by the timer and when the test clock jumps.</summary>
    public void Tick()
    {
        long now = _clock.NowMilliseconds;
        foreach (Bucket bucket in _buckets)
        {
            if (Volatile.Read(ref bucket.Count) > 0 && now >= Volatile.Read(ref bucket.DueMilliseconds))
            {
                Report(bucket);
            }
        }

        if (now / SecondMilliseconds != Volatile.Read(ref _second))
        {
            ReportSuppressed();
        }
    }

    /// <summary>Says what was counted and not yet said; the block is gone after a reload or at the end.</summary>
    public void Dispose()
    {
        _clock.Advanced -= Tick;
        _timer.Dispose();
        foreach (Bucket bucket in _buckets)
        {
            Report(bucket);
        }

        ReportSuppressed();
    }

    private void Count(Bucket bucket, ResponseCode rcode, ReadOnlySpan<byte> name, RecordType type, string error)
    {
        if (Interlocked.Increment(ref bucket.Count) != 1)
        {
            return;
        }

        Volatile.Write(ref bucket.DueMilliseconds, _clock.NowMilliseconds + (long)bucket.Rule.Period.TotalMilliseconds);
        StartTimer();
        if (bucket.Rule.ShowFirst && bucket.Rule.Level is { } level)
        {
            Show(level, rcode, name, type, error);
        }
    }

    private void Show(LogLevel level, ResponseCode rcode, ReadOnlySpan<byte> name, RecordType type, string error)
    {
        long second = _clock.NowMilliseconds / SecondMilliseconds;
        if (Interlocked.Exchange(ref _second, second) != second)
        {
            Volatile.Write(ref _linesThisSecond, 0);
            ReportSuppressed();
        }

        if (Interlocked.Increment(ref _linesThisSecond) > LogLimits.ErrorLinesPerSecond)
        {
            Interlocked.Increment(ref _suppressed);
            StartTimer();
            return;
        }

        _log.Whole(level, string.Create(
            CultureInfo.InvariantCulture,
            $"{Source}{(ushort)rcode} {DomainName.ToText(name)} {ProtocolText.Of(type)}: {error}"));
    }

    private void Report(Bucket bucket)
    {
        long count = Interlocked.Exchange(ref bucket.Count, 0);
        if (count > 0 && bucket.Rule.Level is { } level)
        {
            string what = count == 1 ? "1 error" : string.Create(CultureInfo.InvariantCulture, $"{count} errors");
            _log.Whole(level, $"{Source}{what} like '{bucket.Rule.Text}' occurred in last {GoText(bucket.Rule.Period)}");
        }
    }

    private void ReportSuppressed()
    {
        long count = Interlocked.Exchange(ref _suppressed, 0);
        if (count > 0)
        {
            _log.Whole(LogLevel.Error, string.Create(
                CultureInfo.InvariantCulture,
                $"{Source}{count} more errors not shown, at most {LogLimits.ErrorLinesPerSecond} lines a second are"));
        }
    }

    /// <summary>Ticks each second, but only while there is something left to say.</summary>
    private void StartTimer()
    {
        if (Interlocked.Exchange(ref _timerRunning, 1) != 0)
        {
            return;
        }

        try
        {
            _timer.Change(SecondMilliseconds, Timeout.Infinite);
        }
        catch (ObjectDisposedException)
        {
            // A worker that still had the plan from before a reload: what it counted is not said any more.
        }
    }

    private void OnTimer()
    {
        Volatile.Write(ref _timerRunning, 0);
        Tick();
        if (Volatile.Read(ref _suppressed) > 0 || _buckets.Any(bucket => Volatile.Read(ref bucket.Count) > 0))
        {
            StartTimer();
        }
    }

    /// <summary>A period as Go prints it: 30s, 5m0s, 1h0m0s.</summary>
    private static string GoText(TimeSpan period)
    {
        string seconds = (period.TotalSeconds % 60).ToString("0.###", CultureInfo.InvariantCulture) + "s";
        int minutes = (int)period.TotalMinutes;
        return minutes == 0 ? seconds : minutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds}")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}h{minutes % 60}m{seconds}");
    }
}
