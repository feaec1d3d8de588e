using System;
using NodeDns.Linux.Sockets;

namespace NodeDns.Dnstap;

/// <summary>One message to be told of, borrowed for one call. Times are in nanoseconds since 1970, 0 for none.</summary>
internal ref struct DnstapMessage
{
    public DnstapMessageType Type;
    public DnstapProtocol Protocol;

    /// <summary>Who asked; default when many did.</summary>
    public PeerAddress Client;

    /// <summary>The address that was asked; default when only its address is known, see <see cref="LocalServer"/>.</summary>
    public PeerAddress Server;

    /// <summary>The address of ours that was asked, on listeners that serve all addresses.</summary>
    public LocalAddress LocalServer;

    public long QueryTime;
    public long ResponseTime;
    public ReadOnlySpan<byte> Query;
    public ReadOnlySpan<byte> Response;
}
