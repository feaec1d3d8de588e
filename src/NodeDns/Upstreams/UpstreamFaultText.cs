using System;

namespace NodeDns.Upstreams;

/// <summary>Faults as they are written: the label of a metric, and half a sentence for people.</summary>
internal static class UpstreamFaultText
{
    public static readonly UpstreamFault[] All = Enum.GetValues<UpstreamFault>()[1..];

    public static string Label(UpstreamFault fault) => fault switch
    {
        UpstreamFault.Connect => "connect",
        UpstreamFault.Closed => "closed",
        UpstreamFault.Silent => "silent",
        UpstreamFault.CertificateExpired => "certificate_expired",
        UpstreamFault.CertificateUntrusted => "certificate_untrusted",
        UpstreamFault.CertificateName => "certificate_name",
        UpstreamFault.Handshake => "handshake",
        UpstreamFault.HttpStatus => "http_status",
        UpstreamFault.HttpRedirect => "http_redirect",
        UpstreamFault.HttpTooManyRequests => "http_429",
        UpstreamFault.HttpContentType => "http_content_type",
        UpstreamFault.HttpTooLong => "http_too_long",
        UpstreamFault.HttpBusy => "http_busy",
        UpstreamFault.HttpProtocol => "http_protocol",
        _ => "none",
    };

    /// <summary>Follows the upstream's address and a colon, in logs and in extended errors.</summary>
    public static string Reason(UpstreamFault fault) => fault switch
    {
        UpstreamFault.Closed => "connection closed",
        UpstreamFault.Silent => "connection silent",
        UpstreamFault.CertificateExpired => "certificate not valid at this time",
        UpstreamFault.CertificateUntrusted => "certificate not signed by a trusted authority",
        UpstreamFault.CertificateName => "certificate is for another name",
        UpstreamFault.Handshake => "TLS handshake failed",
        UpstreamFault.HttpStatus => "HTTP error",
        UpstreamFault.HttpRedirect => "HTTP redirect",
        UpstreamFault.HttpTooManyRequests => "too many requests (HTTP 429)",
        UpstreamFault.HttpContentType => "HTTP answer is no DNS message",
        UpstreamFault.HttpTooLong => "HTTP answer too long",
        UpstreamFault.HttpBusy => "too many HTTP requests in flight",
        UpstreamFault.HttpProtocol => "HTTP failed",
        _ => "cannot be reached",
    };
}
