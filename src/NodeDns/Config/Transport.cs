namespace NodeDns.Config;

/// <summary>How DNS messages travel: plain UDP and TCP, DNS over TLS, or DNS over HTTPS.</summary>
internal enum Transport : byte
{
    Dns,
    Tls,
    Https,
}
