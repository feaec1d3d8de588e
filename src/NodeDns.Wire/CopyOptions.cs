using System;

namespace NodeDns.Wire;

/// <summary>What a copied response leaves behind; the OPT always stays behind.</summary>
[Flags]
public enum CopyOptions : byte
{
    None = 0,

    /// <summary>RRSIG, NSEC and NSEC3 unless that very type was asked for (RFC 4035 §3.2.1).</summary>
    DropDnssec = 1,
    DropAuthority = 2,
    DropAdditional = 4,
}
