using System;
using System.IO;
using System.Threading;

namespace NodeDns.Logging;

/// <summary>What the program says to its operator: one line per call, with a level.</summary>
/// <remarks>Made by <see cref="LogQueue"/> in a server, where no call ever waits for a slow reader of the log.</remarks>
internal sealed class Log(Action<LogLevel, string> sink, Action<LogLevel, string>? whole = null)
{
    /// <summary>A log that writes each line at once: for commands that end, and for the time before the server runs.</summary>
    public static Log To(TextWriter output)
    {
        Lock gate = new();
        return new Log((level, text) =>
        {
            lock (gate)
            {
                output.WriteLine(LogLine.Format(level, text));
            }
        });
    }

    public void Info(string text) => sink(LogLevel.Info, text);

    public void Warning(string text) => sink(LogLevel.Warning, text);

    public void Error(string text) => sink(LogLevel.Error, text);

    /// <summary>A line that its writer has limited already, or one of a list that must be whole.</summary>
    public void Whole(LogLevel level, string text) => (whole ?? sink)(level, text);
}
