using System;

namespace NodeDns.Upstreams.Streams;

/// <summary>Every bound of DNS over HTTPS in one place.</summary>
internal static class HttpsLimits
{
    /// <summary>Requests to one upstream at one time.</summary>
    public const int MaxRequests = 1024;

    /// <summary>First room for a body that does not say how long it is; most answers fit.</summary>
    public const int BodyBytes = 2048;

    /// <summary>KiB of headers that are read of an answer.</summary>
    public const int HeaderKibibytes = 16;

    /// <summary>How long an upstream that says 429 without Retry-After is left alone.</summary>
    public static readonly TimeSpan BackOff = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan MinBackOff = TimeSpan.FromSeconds(1);

    /// <summary>Whatever it asks for: a minute later one more query may find out.</summary>
    public static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(60);

    /// <summary>PING after a second of silence, dead after another: half-open connections are found within 2 s.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(1);
}
