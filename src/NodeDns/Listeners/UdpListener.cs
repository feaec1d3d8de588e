using System;
using NodeDns.Linux.Sockets;
using NodeDns.Pipeline;

namespace NodeDns.Listeners;

/// <summary>One worker's socket on one listen address, with its batches.</summary>
internal sealed class UdpListener(UdpSocket socket, ListenAddress address) : IDisposable
{
    public UdpSocket Socket { get; } = socket;

    public ListenAddress Address { get; } = address;

    public ReceiveBatch Requests { get; } =
        new(ListenerLimits.BatchSlots, ListenerLimits.QueryBytes, socket.NeedsPacketInfo);

    public SendBatch Replies { get; } = new(ListenerLimits.BatchSlots, PipelineLimits.MaxUdpReplyBytes);

    public void Dispose()
    {
        Socket.Dispose();
        Requests.Dispose();
        Replies.Dispose();
    }
}
