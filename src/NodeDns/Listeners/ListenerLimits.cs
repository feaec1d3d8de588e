namespace NodeDns.Listeners;

/// <summary>Every bound of the client side in one place.</summary>
internal static class ListenerLimits
{
    /// <summary>Datagrams taken and answered in one pair of system calls.</summary>
    public const int BatchSlots = 64;

    /// <summary>Room for one query; a longer datagram is no query anyone sends (FORMERR).</summary>
    public const int QueryBytes = 2048;

    /// <summary>Batches served from one socket before timers and upstreams get their turn again.</summary>
    public const int BatchesPerTurn = 8;

    /// <summary>Kernel queue of a UDP listener; the kernel caps it at net.core.rmem_max.</summary>
    public const int SocketBufferBytes = 4 << 20;

    /// <summary>TCP clients at one time; the longest idle one is closed for a new one (RFC 9210 §4.2).</summary>
    public const int MaxConnections = 2048;

    public const int MaxConnectionsPerClient = 256;

    /// <summary>Queries of one connection that may wait for an upstream at one time; reading pauses beyond.</summary>
    public const int MaxPendingPerConnection = 256;

    /// <summary>Answers a client may leave unread before it is cut off.</summary>
    public const long MaxUnsentBytes = 1 << 20;

    /// <summary>Connections at work at one instant whose buffers are kept for reuse; never more than pool threads.</summary>
    public const int MaxBusyPipelines = 64;

    public const int Backlog = 512;

    /// <summary>A connection must bring its first whole message within this time.</summary>
    public const int FirstMessageMilliseconds = 3000;

    /// <summary>At the end of the process: what a connection just accepted gets to bring its query.</summary>
    public const int NewConnectionAtEndMilliseconds = 250;

    public const int IdleMilliseconds = Pipeline.PipelineLimits.IdleMilliseconds;

    public const int WriteMilliseconds = 5000;
}
