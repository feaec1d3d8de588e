using System;

namespace NodeDns.Upstreams.Streams;

/// <summary>An upstream could not show who it is, or TLS could not be agreed on.</summary>
internal sealed class TlsRefusedException(UpstreamFault fault, Exception cause) : Exception(cause.Message, cause)
{
    public UpstreamFault Fault { get; } = fault;
}
