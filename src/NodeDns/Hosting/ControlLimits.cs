using System;

namespace NodeDns.Hosting;

/// <summary>The bounds of the control socket.</summary>
internal static class ControlLimits
{
    /// <summary>The longest request line, its end included.</summary>
    public const int RequestBytes = 2048;

    /// <summary>Connections at a time; one more is closed at once.</summary>
    public const int Connections = 8;

    /// <summary>For the request to arrive, and again for each part of the answer to be taken.</summary>
    public static readonly TimeSpan ExchangeTime = TimeSpan.FromSeconds(5);

    /// <summary>For the whole of an answer, however long.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(5);

    /// <summary>Gathered before a part of an answer is sent.</summary>
    public const int ChunkCharacters = 16 * 1024;

    /// <summary>Entries that `cache list` shows; `cache dump` shows all.</summary>
    public const int ListedEntries = 1000;

    /// <summary>How long an explained query waits for its reply; the upstreams' own deadline ends sooner.</summary>
    public static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(15);

    /// <summary>The longest path a Unix socket can have on Linux (sun_path without its last zero).</summary>
    public const int PathBytes = 107;
}
