namespace NodeDns.Dnstap;

/// <summary>SocketProtocol of dnstap.proto.</summary>
internal enum DnstapProtocol : byte
{
    Udp = 1,
    Tcp = 2,
    Tls = 3,
    Https = 4,
}
