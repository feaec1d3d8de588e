using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

/// <summary>Opens sockets on the loopback link and waits for what was sent to them.</summary>
internal static class Loopback
{
    private const int PatienceMilliseconds = 5000;

    public static UdpSocket Listen(string address, int port = 0)
    {
        SyscallResult result = UdpSocket.TryListen(Address(address, port), 1 << 20, out UdpSocket? socket);
        Assert.False(result.IsError, result.ToString());
        return socket!;
    }

    public static UdpSocket Connect(PeerAddress remote)
    {
        SyscallResult result = UdpSocket.TryConnect(in remote, 0, null, out UdpSocket? socket);
        Assert.False(result.IsError, result.ToString());
        return socket!;
    }

    public static PeerAddress Address(string address, int port) => PeerAddress.From(IPAddress.Parse(address), (ushort)port);

    /// <summary>Waits until the socket has something to say, an error included.</summary>
    public static void Await(UdpSocket socket)
    {
        using Epoll epoll = new();
        epoll.Add(socket.Descriptor, EpollEvents.In, 0);
        Span<EpollEvent> events = stackalloc EpollEvent[1];
        Assert.Equal(1, epoll.Wait(events, PatienceMilliseconds).Value);
    }

    /// <summary>Receives until that many datagrams were seen.</summary>
    public static List<byte[]> ReceiveAll(UdpSocket socket, ReceiveBatch batch, int expected)
    {
        List<byte[]> datagrams = [];
        while (datagrams.Count < expected)
        {
            Await(socket);
            batch.Receive(socket);
            for (int i = 0; i < batch.Count; i++)
            {
                datagrams.Add(batch.Datagram(i).ToArray());
            }
        }

        return datagrams;
    }
}

/// <summary>A fact that needs IPv6 on the loopback link.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class IPv6FactAttribute : FactAttribute
{
    private const string LoopbackHex = "00000000000000000000000000000001";

    public IPv6FactAttribute()
    {
        const string Table = "/proc/net/if_inet6";
        if (!File.Exists(Table) || !File.ReadAllText(Table).Contains(LoopbackHex, StringComparison.Ordinal))
        {
            Skip = "this machine has no ::1";
        }
    }
}
