using System.Net;

namespace NodeDns.Config;

/// <summary>One upstream: an address, or the host of a DNS-over-HTTPS server.</summary>
/// <param name="EndPoint">Null for a name, which is followed while the server runs.</param>
/// <param name="HostName">The name the operator wrote instead of an address.</param>
/// <param name="ServerName">The name in the certificate, as in tls://1.1.1.1%cloudflare-dns.com.</param>
/// <param name="Path">The resource of an https upstream.</param>
/// <param name="SourceFile">The resolv.conf file this upstream came from, or null.</param>
internal sealed record UpstreamAddressConfig(
    Transport Transport,
    IPEndPoint? EndPoint,
    string? HostName,
    int Port,
    string? ServerName = null,
    string? Path = null,
    string? SourceFile = null);
