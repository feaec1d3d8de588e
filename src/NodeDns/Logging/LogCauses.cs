using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NodeDns.Timing;

namespace NodeDns.Logging;

/// <summary>How often the same thing may be said: so many lines for one cause in a stretch of time, the rest is counted.</summary>
/// <remarks>
/// Lines have one cause when they begin alike, numbers left out: "tcp 10.0.0.1: accept failed" is one whatever the address.
/// The number of causes is bounded; beyond that a line has the cause of whatever came first to its place.
/// </remarks>
internal sealed class LogCauses(Clock clock)
{
    private sealed class Cause
    {
        public required string Example;
        public long Began;
        public int Lines;
        public long HeldBack;
    }

    private readonly Dictionary<int, Cause> _causes = [];
    private readonly Lock _gate = new();

    /// <summary>Whether anything was held back and not yet said.</summary>
    public bool HoldsBack
    {
        get
        {
            lock (_gate)
            {
                return _causes.Values.Any(cause => cause.HeldBack > 0);
            }
        }
    }

    /// <summary>Whether a line may be written; counted when not.</summary>
    public bool TryTake(string text)
    {
        int key = KeyOf(text);
        long now = clock.NowMilliseconds;
        lock (_gate)
        {
            if (!_causes.TryGetValue(key, out Cause? cause))
            {
                cause = new Cause { Example = text.Length > LogLimits.CauseCharacters ? text[..LogLimits.CauseCharacters] : text, Began = now };
                _causes.Add(key, cause);
            }

            if (now - cause.Began >= LogLimits.CauseMilliseconds && cause.HeldBack == 0)
            {
                cause.Began = now;
                cause.Lines = 0;
            }

            if (cause.Lines < LogLimits.LinesPerCause)
            {
                cause.Lines++;
                return true;
            }

            cause.HeldBack++;
            return false;
        }
    }

    /// <summary>The line about one cause whose time is over; false when there is none.</summary>
    public bool TryReport(out string text)
    {
        long now = clock.NowMilliseconds;
        lock (_gate)
        {
            Cause? due = _causes.Values.FirstOrDefault(cause => cause.HeldBack > 0 && now - cause.Began >= LogLimits.CauseMilliseconds);
            text = due is null ? "" : $"log: {due.HeldBack} more lines like \"{due.Example}\" were not shown";
            if (due is not null)
            {
                (due.HeldBack, due.Lines, due.Began) = (0, 0, now);
            }

            return due is not null;
        }
    }

    private static int KeyOf(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LogLimits.CauseCharacters)))
        {
            hash = char.IsAsciiHexDigit(c) ? hash : (hash ^ c) * 16777619;
        }

        return (int)(hash % LogLimits.Causes);
    }
}
