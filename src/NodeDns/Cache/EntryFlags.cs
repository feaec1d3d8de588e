using System;

namespace NodeDns.Cache;

/// <summary>Facts of a stored answer that its message does not hold.</summary>
[Flags]
internal enum EntryFlags : byte
{
    None = 0,

    /// <summary>The upstream set AD; shown only to clients that asked for it (RFC 6840 §5.8).</summary>
    AuthenticData = 1,

    /// <summary>The answer was stale when the upstream gave it (EDE 3/19) and gets no stale life of its own.</summary>
    StaleAtUpstream = 2,

    /// <summary>NXDOMAIN that answers every type of the name (RFC 2308 §5).</summary>
    AllTypes = 4,

    /// <summary>Answered once from the wire to its waiters, never stored.</summary>
    Uncacheable = 8,

    /// <summary>Made on this machine (hosts, template, ...): AA as written is kept.</summary>
    Local = 16,
}
