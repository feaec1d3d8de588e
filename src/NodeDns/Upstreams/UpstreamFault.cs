namespace NodeDns.Upstreams;

/// <summary>What went wrong with a connection to an upstream; a label of the metrics.</summary>
internal enum UpstreamFault : byte
{
    None,

    /// <summary>It could not be made: refused, no route, no answer to the handshake.</summary>
    Connect,

    /// <summary>It was closed or reset while queries were on it.</summary>
    Closed,

    /// <summary>It owed answers and said nothing.</summary>
    Silent,

    CertificateExpired,
    CertificateUntrusted,
    CertificateName,

    /// <summary>TLS could not be agreed on, for any other reason.</summary>
    Handshake,

    HttpStatus,
    HttpRedirect,
    HttpTooManyRequests,
    HttpContentType,

    /// <summary>A body longer than any DNS message.</summary>
    HttpTooLong,

    /// <summary>More requests at a time than we allow ourselves.</summary>
    HttpBusy,

    HttpProtocol,
}
