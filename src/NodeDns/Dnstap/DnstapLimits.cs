using System;

namespace NodeDns.Dnstap;

/// <summary>The bounds of one dnstap output; beyond them messages are dropped and counted.</summary>
internal static class DnstapLimits
{
    /// <summary>Messages that wait to be sent, as in CoreDNS; times the directive's own factor.</summary>
    public const int QueueMessages = 10_000;

    /// <summary>The most that factor may be.</summary>
    public const int MaxQueueFactor = 8;

    /// <summary>Bytes that wait to be sent, times the same factor.</summary>
    public const int QueueBytes = 16 << 20;

    /// <summary>Fields of a message other than the DNS messages in it, and the length before the frame.</summary>
    public const int FieldBytes = 160;

    /// <summary>Bytes gathered before one write to the socket.</summary>
    public const int WriteBytes = 64 * 1024;

    /// <summary>Longest control frame taken from the other side (fstrm allows 512).</summary>
    public const int ControlFrameBytes = 512;

    /// <summary>How long a message may wait before it is looked at: workers wake nobody.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>For the connection, for each answer of the handshake, and for each write.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    /// <summary>For what is queued when the output is given up.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);
}
