using System;
using NodeDns.Logging;
using NodeDns.Metrics;

namespace NodeDns.Listeners;

/// <summary>What becomes of an error that nobody thought of while a packet was handled.</summary>
internal static class UnexpectedError
{
    private const int QuietTimes = 1024;

    /// <summary>
    /// No packet may end the process: whatever it was, it is counted, told once in a while, and the next packet is served.
    /// </summary>
    public static void Count(WorkerCounters counters, Log log, Exception error)
    {
        if (++counters.UnexpectedErrors % QuietTimes == 1)
        {
            log.Error($"unexpected error, the query is dropped and serving goes on: {error}");
        }
    }
}
