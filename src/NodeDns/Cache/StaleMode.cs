namespace NodeDns.Cache;

/// <summary>When an expired answer is given (<c>serve_stale</c>).</summary>
internal enum StaleMode : byte
{
    Off,

    /// <summary>The upstream is asked first; the client waits at most the verify timeout (RFC 8767 §5: 1.8 s).</summary>
    Verify,

    /// <summary>The stale answer is given at once and refreshed behind the client's back.</summary>
    Immediate,
}
