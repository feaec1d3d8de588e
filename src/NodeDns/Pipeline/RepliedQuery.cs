using System;
using NodeDns.Linux.Sockets;
using NodeDns.Upstreams;

namespace NodeDns.Pipeline;

/// <summary>What the log wants to know of a query that its reply does not tell.</summary>
internal readonly ref struct RepliedQuery
{
    public RepliedQuery(in Exchange exchange)
    {
        Client = exchange.Context.Client;
        Local = exchange.Client.Local;
        Message = exchange.Context.Query.Message;
        Length = Message.Length;
        UdpPayloadSize = exchange.Context.Query.UdpPayloadSize;
        DnssecOk = exchange.Context.Query.DnssecOk;
        IsTcp = exchange.Client.IsTcp;
    }

    public RepliedQuery(in Waiter waiter, long nowMicroseconds)
    {
        Client = waiter.Client;
        Local = waiter.Local;
        Length = waiter.QueryLength;
        UdpPayloadSize = waiter.ReplyLimit;
        DnssecOk = waiter.Has(WaiterFlags.DnssecOk);
        IsTcp = waiter.Has(WaiterFlags.Tcp);
        DurationMicroseconds = nowMicroseconds - waiter.ReceivedAt;
    }

    public PeerAddress Client { get; }

    public LocalAddress Local { get; }

    /// <summary>The query as it came; empty once its client had to wait.</summary>
    public ReadOnlySpan<byte> Message { get; }

    public int Length { get; }

    public ushort UdpPayloadSize { get; }

    public bool DnssecOk { get; }

    public bool IsTcp { get; }

    /// <summary>From arrival to reply; 0 for what was answered within its batch.</summary>
    public long DurationMicroseconds { get; }
}
