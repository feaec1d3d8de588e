using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Linux.Sockets;

namespace NodeDns.Upstreams.Streams;

/// <summary>TCP sockets towards upstreams.</summary>
internal static class StreamSocket
{
    // tcp(7); the runtime has no name for it.
    private const int UserTimeoutOption = 18;

    public static Socket Create(in PeerAddress address)
    {
        Socket socket = new(
            address.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };

        // The upstream's host is gone: without this the kernel repeats itself for a quarter of an hour.
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(milliseconds, StreamLimits.UnconfirmedMilliseconds);
        socket.SetRawSocketOption((int)ProtocolType.Tcp, UserTimeoutOption, milliseconds);
        return socket;
    }

    public static async ValueTask Connect(
        Socket socket, PeerAddress address, IPAddress? source, CancellationToken deadline)
    {
        if (source is not null && source.AddressFamily == socket.AddressFamily)
        {
            socket.Bind(new IPEndPoint(source, 0));
        }

        await socket.ConnectAsync(address.ToEndPoint(), deadline).ConfigureAwait(false);
    }
}
