using System;
using NodeDns.Linux.Sockets;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

/// <summary>The loops a worker runs for every query allocate nothing.</summary>
public sealed class BatchAllocationTests
{
    private const int Rounds = 200;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void ReceiveAndSend_ManyRounds_AllocateNothing(string address)
    {
        using UdpSocket server = Loopback.Listen(address);
        using UdpSocket client = Loopback.Connect(Loopback.Address("127.0.0.1", server.LocalEndPoint.Port));
        using ReceiveBatch receive = new(8, 512, server.NeedsPacketInfo);
        using SendBatch send = new(8, 512);
        using Epoll epoll = new();
        using EventSignal signal = new();
        epoll.Add(server.Descriptor, EpollEvents.In, 1);
        epoll.Add(signal.Descriptor, EpollEvents.In, 2);

        // The first run pays for just-in-time compilation.
        Assert.Equal(Rounds, Run(server, client, receive, send, epoll, signal));
        int answered = 0;
        Assert.Equal(0, Allocation.Least(() => answered = Run(server, client, receive, send, epoll, signal)));
        Assert.Equal(Rounds, answered);
    }

    private static int Run(
        UdpSocket server, UdpSocket client, ReceiveBatch receive, SendBatch send, Epoll epoll, EventSignal signal)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        Span<byte> datagram = stackalloc byte[32];
        int answered = 0;
        for (int round = 0; round < Rounds; round++)
        {
            signal.Set();
            signal.Clear();
            client.Send(datagram);
            epoll.Wait(events, 5000);
            receive.Receive(server);
            for (int i = 0; i < receive.Count; i++)
            {
                receive.Datagram(i).CopyTo(send.Reserve());
                send.Commit(receive.Datagram(i).Length, in receive.Source(i), receive.Destination(i));
            }

            send.Flush(server, out int sent, out _);
            answered += sent;
            client.Receive(datagram);
        }

        return answered;
    }
}
