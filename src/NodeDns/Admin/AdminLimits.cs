using System;

namespace NodeDns.Admin;

/// <summary>The bounds of the HTTP endpoints: whatever a client does, it costs no more than this.</summary>
internal static class AdminLimits
{
    /// <summary>Request line and header fields together; more is answered with 413.</summary>
    public const int RequestBytes = 8 * 1024;

    /// <summary>Connections at a time on one listener; one more is closed at once and counted.</summary>
    public const int Connections = 64;

    /// <summary>From accept to the last byte of the request.</summary>
    public static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);

    /// <summary>From the first byte of the answer to the close.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    /// <summary>How often an address is tried that could not be had: another generation of this program may still have it.</summary>
    public static readonly TimeSpan RetryTaken = TimeSpan.FromMilliseconds(200);

    /// <summary>How much of a request nobody wanted is read away, so that the answer is not lost to a reset.</summary>
    public const int DiscardBytes = 64 * 1024;

    /// <summary>Shorter answers are not gzipped: they fit one packet anyway.</summary>
    public const int LeastZippedBytes = 1024;

    /// <summary>The pause after a failed accept (out of descriptors).</summary>
    public static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
}
