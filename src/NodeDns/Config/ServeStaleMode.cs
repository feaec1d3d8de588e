namespace NodeDns.Config;

/// <summary>When a stale answer may be given.</summary>
internal enum ServeStaleMode : byte
{
    /// <summary>Bare serve_stale: RFC 8767's client-response timer; the upstream is asked first, for a bounded time.</summary>
    ClientTimer,

    /// <summary>Stale at once, refresh behind.</summary>
    Immediate,

    /// <summary>The upstream is asked first; stale only after it failed or after the verify timeout.</summary>
    Verify,
}
