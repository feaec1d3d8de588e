using System;

namespace NodeDns.Upstreams;

/// <summary>What a waiting client asked for and how it reached us.</summary>
[Flags]
internal enum WaiterFlags : byte
{
    None = 0,
    RecursionDesired = 1,
    CheckingDisabled = 2,
    AuthenticData = 4,
    Edns = 8,
    DnssecOk = 16,
    Tcp = 32,
    Keepalive = 64,
}
