using System;
using System.Diagnostics;
using NodeDns.Linux.Sockets;

namespace NodeDns.Load;

/// <summary>A connected UDP socket; all of them share one pair of batches, because one thread serves them in turn.</summary>
internal sealed class UdpConversation : Conversation
{
    private readonly UdpSocket _socket;
    private readonly ReceiveBatch _received;
    private readonly SendBatch _toSend;

    public UdpConversation(
        UdpSocket socket, ReceiveBatch received, SendBatch toSend,
        QuestionSet questions, LoadTally tally, int slots, int rcode, Random random)
        : base(questions, tally, slots, rcode, random)
    {
        _socket = socket;
        _received = received;
        _toSend = toSend;
    }

    public override int Descriptor => _socket.Descriptor;

    protected override bool HasRoom => !_toSend.IsFull;

    // Datagrams that the kernel refuses time out like any other lost one.
    public override void Flush() => _toSend.Flush(_socket, out _, out _);

    public override void Receive()
    {
        do
        {
            if (_received.Receive(_socket).IsError)
            {
                return;
            }

            long now = Stopwatch.GetTimestamp();
            for (int i = 0; i < _received.Count; i++)
            {
                Check(_received.Datagram(i), now);
            }
        }
        while (_received.Count == _received.Capacity);
    }

    public override void Dispose() => _socket.Dispose();

    protected override Span<byte> Reserve() => _toSend.Reserve();

    protected override void Commit(int length) => _toSend.Commit(length);
}
