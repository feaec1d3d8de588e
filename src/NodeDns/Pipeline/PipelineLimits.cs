namespace NodeDns.Pipeline;

/// <summary>Bounds of what a client may get.</summary>
internal static class PipelineLimits
{
    /// <summary>Longest UDP reply without a <c>bufsize</c>: not fragmented on any usual path (DNS flag day 2020).</summary>
    public const int UdpReplyBytes = 1232;

    /// <summary>Longest UDP reply any <c>bufsize</c> allows; also the room of a reply slot.</summary>
    public const int MaxUdpReplyBytes = 4096;

    /// <summary>TCP replies are bounded by their 16-bit length prefix.</summary>
    public const int TcpReplyBytes = 65535;

    /// <summary>How long an idle TCP client is kept (RFC 7766 §6.2.3: "of the order of seconds").</summary>
    public const int IdleMilliseconds = 10_000;

    /// <summary>Unit of RFC 7828's timeout.</summary>
    public const int KeepaliveUnitMilliseconds = 100;
}
