using System;

namespace NodeDns.Cache;

/// <summary>What separates two answers to the same question (protocol facts D2, D3, D9).</summary>
[Flags]
internal enum CacheKeyFlags : byte
{
    None = 0,
    DnssecOk = 1,
    CheckingDisabled = 2,

    /// <summary>The client is served through DNS64, so its AAAA answers are synthesised ones.</summary>
    Dns64 = 4,

    /// <summary>Asked with EDNS options of a <c>rewrite edns0</c>; the name's hash says with which.</summary>
    WithOptions = 8,
}
