using System;

namespace NodeDns.Cache;

/// <summary>Facts of a stored answer that its message does not hold.</summary>
[Flags]
internal enum EntryFlags : byte
{
    None = 0,

    /// <summary>The upstream set AD; shown only to clients that asked for it (RFC 6840 §5.8).</summary>
    AuthenticData = 1,

    /// <summary>NXDOMAIN that answers every type of the name (RFC 2308 §5).</summary>
    AllTypes = 2,

    /// <summary>Answered once from the wire to its waiters, never stored.</summary>
    Uncacheable = 4,

    /// <summary>Made on this machine (hosts, template, ...): AA as written is kept.</summary>
    Local = 8,
}
