using NodeDns.Linux.Sockets;

namespace NodeDns.Pipeline;

/// <summary>Where a query came from and where its reply goes.</summary>
internal readonly ref struct ClientContext
{
    public ClientContext(ref readonly PeerAddress client, LocalAddress local, int via, bool isTcp, long receivedAt = 0)
    {
        Client = ref client;
        Local = local;
        Via = via;
        IsTcp = isTcp;
        ReceivedAt = receivedAt;
    }

    public readonly ref readonly PeerAddress Client;

    /// <summary>The address the query came to; default unless the listener serves all addresses.</summary>
    public LocalAddress Local { get; }

    /// <summary>For UDP the listener's index; for TCP the connection's handle.</summary>
    public int Via { get; }

    public bool IsTcp { get; }

    /// <summary>When its batch was received, in microseconds.</summary>
    public long ReceivedAt { get; }
}
