namespace NodeDns.Wire;

/// <summary>
/// EDNS options that are read or written here; any other one is skipped and never echoed (RFC 6891 §6.1.2).
/// </summary>
public enum EdnsOptionCode : ushort
{
    NameServerId = 3,
    ClientSubnet = 8,
    Cookie = 10,
    TcpKeepalive = 11,
    Padding = 12,
    ExtendedError = 15,
}
