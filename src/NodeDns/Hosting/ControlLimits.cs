using System;

namespace NodeDns.Hosting;

/// <summary>The bounds of the control socket.</summary>
internal static class ControlLimits
{
    /// <summary>The longest request line, its end included.</summary>
    public const int RequestBytes = 1024;

    /// <summary>Connections at a time; one more is closed at once.</summary>
    public const int Connections = 8;

    /// <summary>For the request to arrive, and again for the answer to be taken.</summary>
    public static readonly TimeSpan ExchangeTime = TimeSpan.FromSeconds(5);

    /// <summary>The longest path a Unix socket can have on Linux (sun_path without its last zero).</summary>
    public const int PathBytes = 107;
}
