using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Logging;

/// <summary>What went wrong of late, equal texts counted together: the status page shows it.</summary>
/// <remarks>
/// Written by workers for questions that failed and by the log for its warnings and errors, without a lock: two threads
/// that see a text for the first time at one moment make two entries of it, which a reader adds up. The place of the
/// text that was silent for longest is used again.
/// </remarks>
internal sealed class RecentErrors(Clock clock)
{
    private sealed class Entry(LogLevel level, string text)
    {
        public long Count;
        public long LastMilliseconds;
        public long NamedMilliseconds;
        public string? Name;

        public LogLevel Level => level;

        public string Text => text;
    }

    private readonly Entry?[] _entries = new Entry?[LogLimits.RecentErrors];

    /// <summary>Whether the names that failed may be kept and shown; off unless the operator says so.</summary>
    public bool KeepsNames { get; set; }

    public void Add(LogLevel level, string text) => Count(level, text);

    /// <summary>A question that failed.</summary>
    /// <param name="name">Wire form.</param>
    public void Add(string text, ReadOnlySpan<byte> name, RecordType type)
    {
        Entry entry = Count(LogLevel.Error, text);
        long now = clock.NowMilliseconds;
        // A flood of failures makes a few texts a second and not one each.
        if (KeepsNames && now - Volatile.Read(ref entry.NamedMilliseconds) >= LogLimits.RecentNameMilliseconds)
        {
            Volatile.Write(ref entry.NamedMilliseconds, now);
            entry.Name = $"{DomainName.ToText(name)} {ProtocolText.Of(type)}";
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RecentError> Read()
    {
        long now = clock.NowMilliseconds;
        return
        [
            .. _entries.OfType<Entry>()
                .GroupBy(entry => (entry.Level, entry.Text))
                .Select(same => new RecentError(
                    same.Key.Level,
                    LogLine.Clean(same.Key.Text.Length > LogLimits.RecentTextLength
                        ? same.Key.Text[..LogLimits.RecentTextLength] + "..." : same.Key.Text),
                    same.Sum(entry => Volatile.Read(ref entry.Count)),
                    Math.Max(0, now - same.Max(entry => Volatile.Read(ref entry.LastMilliseconds))) / 1000.0,
                    same.Select(entry => entry.Name).FirstOrDefault(name => name is not null)))
                .OrderBy(error => error.SecondsAgo),
        ];
    }

    private Entry Count(LogLevel level, string text)
    {
        Entry entry = Find(level, text);
        Interlocked.Increment(ref entry.Count);
        Volatile.Write(ref entry.LastMilliseconds, clock.NowMilliseconds);
        return entry;
    }

    private Entry Find(LogLevel level, string text)
    {
        int free = 0;
        long oldest = long.MaxValue;
        for (int i = 0; i < _entries.Length; i++)
        {
            Entry? entry = Volatile.Read(ref _entries[i]);
            if (entry is not null && entry.Level == level && entry.Text == text)
            {
                return entry;
            }

            long last = entry is null ? long.MinValue : Volatile.Read(ref entry.LastMilliseconds);
            if (last < oldest)
            {
                (free, oldest) = (i, last);
            }
        }

        Entry added = new(level, text);
        Volatile.Write(ref _entries[free], added);
        return added;
    }
}
