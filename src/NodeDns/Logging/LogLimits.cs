using System;

namespace NodeDns.Logging;

/// <summary>The bounds of logging; beyond each, lines are dropped and counted.</summary>
internal static class LogLimits
{
    /// <summary>Lines of text that wait for the writer.</summary>
    public const int TextLines = 1024;

    /// <summary>Query log entries that wait for the writer; about 350 bytes each, taken only when a log directive exists.</summary>
    public const int QueryEntries = 4096;

    /// <summary>How long a query log entry may wait before it is written.</summary>
    public const int QueryPollMilliseconds = 20;

    /// <summary>Bytes gathered before one write to the output.</summary>
    public const int WriteBytes = 16 * 1024;

    /// <summary>Error lines per second of one errors directive; the rest is counted in one line.</summary>
    public const int ErrorLinesPerSecond = 50;

    /// <summary>Kinds of errors kept for the status page.</summary>
    public const int RecentErrors = 32;

    /// <summary>The longest text of one kind.</summary>
    public const int RecentTextLength = 300;

    /// <summary>How often at most the name of a failed question is written down for one kind.</summary>
    public const int RecentNameMilliseconds = 200;

    /// <summary>Lines of one cause within <see cref="CauseMilliseconds"/>; the rest is counted in one line.</summary>
    public const int LinesPerCause = 20;

    public const long CauseMilliseconds = 10_000;

    /// <summary>Causes told apart.</summary>
    public const int Causes = 256;

    /// <summary>How much of a line's beginning tells its cause.</summary>
    public const int CauseCharacters = 64;

    /// <summary>How often dropped lines are reported.</summary>
    public static readonly TimeSpan DropReportInterval = TimeSpan.FromSeconds(10);
}
