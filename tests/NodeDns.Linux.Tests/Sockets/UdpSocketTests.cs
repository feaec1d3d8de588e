using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

public sealed class UdpSocketTests
{
    [Fact]
    public void TryListen_PortTakenWithoutSharing_IsAddressInUse()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        PeerAddress taken = PeerAddress.From((IPEndPoint)other.LocalEndPoint!);
        SyscallResult result = UdpSocket.TryListen(in taken, 0, out UdpSocket? socket);
        Assert.Equal(Errno.EADDRINUSE, result.Error);
        Assert.Null(socket);
    }

    [Fact]
    public void TryListen_AddressOfAnotherMachine_IsAddressNotAvailable()
    {
        // 192.0.2.0/24 is for documentation and is nobody's (RFC 5737).
        SyscallResult result = UdpSocket.TryListen(Loopback.Address("192.0.2.1", 0), 0, out UdpSocket? socket);
        Assert.Equal(Errno.EADDRNOTAVAIL, result.Error);
        Assert.Null(socket);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", true)]
    public void TryListen_Wildcard_NeedsPacketInfo(string address, bool needed)
    {
        using UdpSocket socket = Loopback.Listen(address);
        Assert.Equal(needed, socket.NeedsPacketInfo);
        Assert.NotEqual(0, socket.LocalEndPoint.Port);
    }

    [Fact]
    public void TryListen_TwoListenersOnOnePort_ShareTheClients()
    {
        using UdpSocket first = Loopback.Listen("127.0.0.1");
        using UdpSocket second = Loopback.Listen("127.0.0.1", first.LocalEndPoint.Port);
        using ReceiveBatch batch = new(64, 64, packetInfo: false);

        // The kernel spreads by a hash of the addresses: 64 clients all on one side would be a chance of 2^-63.
        const int Clients = 64;
        List<UdpSocket> clients = [];
        for (int i = 0; i < Clients; i++)
        {
            clients.Add(Loopback.Connect(first.LocalEndPoint));
            Assert.Equal(1, clients[i].Send([(byte)i]).Value);
        }

        int fromFirst = CountArrived(first, batch);
        int fromSecond = CountArrived(second, batch);
        clients.ForEach(client => client.Dispose());
        Assert.True(fromFirst > 0 && fromSecond > 0, $"{fromFirst} and {fromSecond}");
        Assert.Equal(Clients, fromFirst + fromSecond);
    }

    [Fact]
    public void Receive_NothingThere_IsTryAgain()
    {
        using UdpSocket socket = Loopback.Listen("127.0.0.1");
        Assert.Equal(Errno.EAGAIN, socket.Receive(stackalloc byte[16]).Error);
    }

    [Fact]
    public void Receive_AfterSendToClosedPort_IsConnectionRefused()
    {
        PeerAddress closed;
        using (UdpSocket gone = Loopback.Listen("127.0.0.1"))
        {
            closed = gone.LocalEndPoint;
        }

        using UdpSocket client = Loopback.Connect(closed);
        Assert.Equal(3, client.Send([1, 2, 3]).Value);
        Loopback.Await(client);
        Assert.Equal(Errno.ECONNREFUSED, client.Receive(stackalloc byte[16]).Error);
    }

    [Fact]
    public void Send_ConnectedPair_ArrivesIntact()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        using UdpSocket client = Loopback.Connect(server.LocalEndPoint);
        byte[] sent = [9, 8, 7];
        Assert.Equal(3, client.Send(sent).Value);
        Loopback.Await(server);
        byte[] received = new byte[16];
        Assert.Equal(3, server.Receive(received).Value);
        Assert.Equal(sent, received[..3]);
    }

    [Fact]
    public void TryConnect_SourceAndPortGiven_SendsFromThere()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        PeerAddress source;
        using (UdpSocket free = Loopback.Listen("127.0.0.7"))
        {
            source = free.LocalEndPoint;
        }

        SyscallResult result = UdpSocket.TryConnect(server.LocalEndPoint, source.Port, source, out UdpSocket? client);
        Assert.False(result.IsError, result.ToString());
        using (client)
        {
            Assert.Equal(source, client!.LocalEndPoint);
        }
    }

    [Fact]
    public void TryConnect_PortTaken_IsAddressInUse()
    {
        using UdpSocket server = Loopback.Listen("127.0.0.1");
        PeerAddress remote = server.LocalEndPoint;
        SyscallResult result = UdpSocket.TryConnect(in remote, remote.Port, remote, out UdpSocket? client);
        Assert.Equal(Errno.EADDRINUSE, result.Error);
        Assert.Null(client);
    }

    [IPv6Fact]
    public void TryListen_BothFamiliesOnOnePort_DoNotCollide()
    {
        using UdpSocket six = Loopback.Listen("::");
        using UdpSocket four = Loopback.Listen("0.0.0.0", six.LocalEndPoint.Port);
        using UdpSocket client = Loopback.Connect(Loopback.Address("::1", six.LocalEndPoint.Port));
        client.Send([1]);
        Loopback.Await(six);
        Assert.Equal(1, six.Receive(stackalloc byte[4]).Value);
        Assert.Equal(Errno.EAGAIN, four.Receive(stackalloc byte[4]).Error);
    }

    [Fact]
    public void Dispose_Twice_LeavesOtherDescriptorsAlone()
    {
        UdpSocket first = Loopback.Listen("127.0.0.1");
        first.Dispose();
        using UdpSocket second = Loopback.Listen("127.0.0.1");
        first.Dispose();
        Assert.Equal(Errno.EAGAIN, second.Receive(stackalloc byte[4]).Error);
        Assert.Equal(Errno.EBADF, first.Receive(stackalloc byte[4]).Error);
    }

    private static int CountArrived(UdpSocket socket, ReceiveBatch batch) =>
        batch.Receive(socket).IsError ? 0 : batch.Count;
}
