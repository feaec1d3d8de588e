using NodeDns.Config;
using NodeDns.Linux.Sockets;

namespace NodeDns.Upstreams;

/// <summary>What makes an upstream another one: where it is, how it is spoken to, and whom it has to show that it is.</summary>
/// <param name="Name">What its certificate has to be for, when that is not its address; null over plain DNS.</param>
/// <param name="Path">The resource, over HTTPS.</param>
/// <param name="Tls">The operator's own files, if there are any.</param>
internal readonly record struct UpstreamIdentity(
    PeerAddress Address, Transport Transport, string? Name = null, string? Path = null, TlsConfig? Tls = null,
    DohMethod Method = DohMethod.Post)
{
    /// <summary>As it is written in logs, metrics and extended errors.</summary>
    public override string ToString()
    {
        string scheme = Transport switch
        {
            Transport.Tls => "tls://",
            Transport.Https => "https://",
            _ => "",
        };
        return $"{scheme}{Address}{(Name is null ? "" : $"%{Name}")}{Path}";
    }
}
