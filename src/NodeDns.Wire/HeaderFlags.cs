using System;

namespace NodeDns.Wire;

/// <summary>The one-bit fields of the header's second word (RFC 1035 §4.1.1, RFC 4035 §3.1.6, §3.2.2).</summary>
[Flags]
public enum HeaderFlags : ushort
{
    None = 0,
    Response = 0x8000,
    Authoritative = 0x0400,
    Truncated = 0x0200,
    RecursionDesired = 0x0100,
    RecursionAvailable = 0x0080,
    Reserved = 0x0040,
    AuthenticData = 0x0020,
    CheckingDisabled = 0x0010,
}
