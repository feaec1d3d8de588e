using System;
using System.Net;
using System.Threading;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>A non-blocking UDP socket, either listening for clients or connected to one upstream.</summary>
/// <remarks>Owned by one thread. Disposing it twice is harmless; using it afterwards yields EBADF.</remarks>
public sealed unsafe class UdpSocket : IDisposable
{
    private const ushort DiscardPort = 9;

    private int _descriptor;

    private UdpSocket(int descriptor, bool needsPacketInfo)
    {
        _descriptor = descriptor;
        NeedsPacketInfo = needsPacketInfo;
    }

    public int Descriptor => _descriptor;

    /// <summary>True for a wildcard listener, which must be told per answer which address to send from.</summary>
    public bool NeedsPacketInfo { get; }

    /// <summary>Whether batches join what goes to one peer into one message (UDP_SEGMENT); see <see cref="TryUseSegments"/>.</summary>
    public bool UsesSegments { get; internal set; }

    public PeerAddress LocalEndPoint
    {
        get
        {
            PeerAddress address = default;
            uint length = PeerAddress.SizeBytes;
            _ = Libc.getsockname(_descriptor, &address, &length);
            return address;
        }
    }

    /// <summary>Opens a listener that shares its port with every other listener made here (SO_REUSEPORT).</summary>
    /// <param name="local">The address to listen on.</param>
    /// <param name="bufferBytes">Kernel buffer in each direction; 0 keeps the system's default.</param>
    /// <param name="socket">The listener, null after an error.</param>
    public static SyscallResult TryListen(in PeerAddress local, int bufferBytes, out UdpSocket? socket)
    {
        SyscallResult opened = TryOpen(in local, local.IsWildcard, out socket);
        if (opened.IsError)
        {
            return opened;
        }

        SyscallResult configured = SocketOptions.ConfigureListener(socket!._descriptor, in local, bufferBytes);
        return Keep(configured.IsError ? configured : socket.Bind(in local), ref socket);
    }

    /// <summary>
    /// Opens a socket that talks to <paramref name="remote"/> alone; an ICMP error about it comes back as the error
    /// of the next send or receive (ECONNREFUSED, EHOSTUNREACH). It is good for no more than that then: the kernel keeps
    /// what it was told in a queue that nobody reads.
    /// </summary>
    /// <param name="remote">The only peer whose datagrams the socket takes.</param>
    /// <param name="localPort">The port to send from; 0 leaves the choice to the kernel.</param>
    /// <param name="source">The address to send from; null leaves the choice to routing.</param>
    /// <param name="socket">The socket, null after an error.</param>
    public static SyscallResult TryConnect(
        in PeerAddress remote, ushort localPort, in PeerAddress? source, out UdpSocket? socket)
    {
        SyscallResult result = TryOpen(in remote, needsPacketInfo: false, out socket);
        if (result.IsError)
        {
            return result;
        }

        SocketOptions.LetFragment(socket!._descriptor, remote.IsIPv6);
        SocketOptions.HearOfRoutes(socket._descriptor, remote.IsIPv6);
        if (localPort != 0 || source.HasValue)
        {
            PeerAddress local = source ?? PeerAddress.FromBytes(stackalloc byte[remote.AddressLength], 0);
            result = socket.Bind(local.WithPort(localPort));
        }

        return Keep(result.IsError ? result : socket.Connect(in remote), ref socket);
    }

    /// <summary>Lets batches join what goes to one peer, where the kernel can take it apart again; false where it cannot.</summary>
    /// <remarks>
    /// Must be known and not tried: a kernel before 4.18 would send a whole group as one datagram, without an error.
    /// </remarks>
    public bool TryUseSegments() => UsesSegments = SocketOptions.HasSegments(_descriptor);

    /// <summary>Sends one datagram to the connected peer.</summary>
    public SyscallResult Send(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* bytes = datagram)
        {
            SyscallResult result;
            do
            {
                result = SyscallResult.From(
                    Libc.send(_descriptor, bytes, (nuint)datagram.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL));
            }
            while (result.Error == Errno.EINTR);
            return result;
        }
    }

    /// <summary>Receives one datagram; one longer than <paramref name="buffer"/> is cut. EAGAIN when none is there.</summary>
    public SyscallResult Receive(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            SyscallResult result;
            do
            {
                result = SyscallResult.From(Libc.recv(_descriptor, bytes, (nuint)buffer.Length, Libc.MSG_DONTWAIT));
            }
            while (result.Error == Errno.EINTR);
            return result;
        }
    }

    /// <summary>
    /// Lets a listener take no more datagrams: new ones go to the other sockets of its port, or are refused when there are
    /// none. Those it has already received can be read and answered as before.
    /// </summary>
    /// <remarks>
    /// A listener connected to one peer is offered nobody else's datagrams, and SO_REUSEPORT passes it over (Linux 5.4). The
    /// peer is the discard port of the listener's own address, which never sends.
    /// </remarks>
    public SyscallResult Retire()
    {
        PeerAddress local = LocalEndPoint;
        PeerAddress nobody = local.IsWildcard
            ? PeerAddress.From(new IPEndPoint(local.IsIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, DiscardPort))
            : local.WithPort(DiscardPort);
        return Connect(in nobody);
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            // Never repeated: Linux frees the descriptor even when close reports EINTR.
            _ = Libc.close(descriptor);
        }
    }

    private static SyscallResult TryOpen(in PeerAddress family, bool needsPacketInfo, out UdpSocket? socket)
    {
        SyscallResult result = SyscallResult.From(
            Libc.socket(family.Family, Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0));
        socket = result.IsError ? null : new UdpSocket(result.Value, needsPacketInfo);
        return result;
    }

    private static SyscallResult Keep(SyscallResult result, ref UdpSocket? socket)
    {
        if (result.IsError)
        {
            socket!.Dispose();
            socket = null;
        }

        return result;
    }

    private SyscallResult Bind(in PeerAddress local)
    {
        fixed (PeerAddress* address = &local)
        {
            return SyscallResult.From(Libc.bind(_descriptor, address, local.Length));
        }
    }

    private SyscallResult Connect(in PeerAddress remote)
    {
        fixed (PeerAddress* address = &remote)
        {
            return SyscallResult.From(Libc.connect(_descriptor, address, remote.Length));
        }
    }
}
