using System;
using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Sockets;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

/// <summary>What leaves as one message, seen by a receiver that takes such messages whole (UDP_GRO).</summary>
public sealed class SegmentGroupsTests
{
    private const int IpProtoUdp = 17;
    private const int UdpGro = 104;
    private const int SlotBytes = 2048;

    [Fact]
    public void Flush_SameClientTwoLengths_IsOneMessagePerLength()
    {
        using Socket client = OpenWholeReceiver();
        Send(client, 60, 80, 60, 80, 60);
        Assert.Equal(3 * 60, client.Receive(new byte[65536]));
        Assert.Equal(2 * 80, client.Receive(new byte[65536]));
    }

    [Fact]
    public void Flush_TwoClients_ShareNoMessage()
    {
        using Socket first = OpenWholeReceiver();
        using Socket second = OpenWholeReceiver();
        using UdpSocket server = OpenServer();
        using SendBatch batch = new(4, SlotBytes);
        for (int i = 0; i < 4; i++)
        {
            batch.Commit(60, AddressOf(i < 2 ? first : second), default);
        }

        batch.Flush(server, out int sent, out _);
        Assert.Equal(4, sent);
        Assert.Equal(2 * 60, first.Receive(new byte[65536]));
        Assert.Equal(2 * 60, second.Receive(new byte[65536]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1233)]
    public void Flush_EmptyOrTooLongForOnePacket_StaysAlone(int length)
    {
        using Socket client = OpenWholeReceiver();
        Send(client, length, length);
        Assert.Equal(length, client.Receive(new byte[65536]));
        Assert.Equal(length, client.Receive(new byte[65536]));
    }

    [Fact]
    public void Flush_MoreThanTheKernelTakes_BeginsAnotherMessage()
    {
        using Socket client = OpenWholeReceiver();
        int[] lengths = new int[100];
        Array.Fill(lengths, 60);
        Send(client, lengths);
        Assert.Equal(64 * 60, client.Receive(new byte[65536]));
        Assert.Equal(36 * 60, client.Receive(new byte[65536]));
    }

    private static void Send(Socket client, params int[] lengths)
    {
        using UdpSocket server = OpenServer();
        using SendBatch batch = new(lengths.Length, SlotBytes);
        foreach (int length in lengths)
        {
            batch.Commit(length, AddressOf(client), default);
        }

        batch.Flush(server, out int sent, out _);
        Assert.Equal(lengths.Length, sent);
    }

    private static PeerAddress AddressOf(Socket socket) => PeerAddress.From((IPEndPoint)socket.LocalEndPoint!);

    private static UdpSocket OpenServer()
    {
        UdpSocket server = Loopback.Listen("127.0.0.1");
        Assert.True(server.TryUseSegments(), "the kernel has no UDP_SEGMENT");
        return server;
    }

    private static Socket OpenWholeReceiver()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.SetRawSocketOption(IpProtoUdp, UdpGro, BitConverter.GetBytes(1));
        return socket;
    }
}
