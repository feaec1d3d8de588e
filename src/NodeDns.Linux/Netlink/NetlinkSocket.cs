using System;
using System.Runtime.InteropServices;
using System.Threading;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Netlink;

/// <summary>What is done with one message of a netlink answer.</summary>
internal delegate void NetlinkMessageReader(ushort type, ReadOnlySpan<byte> body);

/// <summary>An rtnetlink socket: one request and its answer at a time, or notifications.</summary>
/// <remarks>Owned by one thread; control plane only. The kernel answers at once, so receiving never waits long.</remarks>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int HeaderBytes = 16;

    // The kernel fills dumps by the size of the buffer it is given, up to 32 KiB.
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _descriptor;
    private uint _sequence;

    private NetlinkSocket(int descriptor) => _descriptor = descriptor;

    public int Descriptor => _descriptor;

    /// <param name="groups">RTMGRP_* of the notifications wanted; 0 for requests.</param>
    /// <param name="isNonBlocking">For notifications: do not wait when there are none.</param>
    /// <param name="socket">The socket, null after an error.</param>
    public static SyscallResult TryOpen(uint groups, bool isNonBlocking, out NetlinkSocket? socket)
    {
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | (isNonBlocking ? Libc.SOCK_NONBLOCK : 0);
        SyscallResult result = SyscallResult.From(Libc.socket(Libc.AF_NETLINK, type, Libc.NETLINK_ROUTE));
        socket = result.IsError ? null : new NetlinkSocket(result.Value);
        if (socket is null)
        {
            return result;
        }

        Libc.sockaddr_nl address = new() { nl_family = Libc.AF_NETLINK, nl_groups = groups };
        result = SyscallResult.From(Libc.bind(socket._descriptor, &address, (uint)sizeof(Libc.sockaddr_nl)));
        if (result.IsError)
        {
            socket.Dispose();
            socket = null;
        }

        return result;
    }

    /// <summary>Sends a request and waits for its acknowledgement.</summary>
    public SyscallResult Ask(NetlinkRequest request) => Exchange(request, null, out _);

    /// <summary>
    /// Sends a dump request and reads all of its answer. <paramref name="isInterrupted"/>: things changed meanwhile, so the
    /// list may lack something and should be asked for again.
    /// </summary>
    public SyscallResult Dump(NetlinkRequest request, NetlinkMessageReader read, out bool isInterrupted) =>
        Exchange(request, read, out isInterrupted);

    /// <summary>Reads notifications that are there; EAGAIN: none. ENOBUFS: some were lost.</summary>
    public SyscallResult ReadNotifications(NetlinkMessageReader read)
    {
        SyscallResult received = Receive();
        if (!received.IsError)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, received.Value);
            while (TryTake(ref rest, out Libc.nlmsghdr header, out ReadOnlySpan<byte> body))
            {
                read(header.nlmsg_type, body);
            }
        }

        return received;
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Libc.close(descriptor);
        }
    }

    private SyscallResult Exchange(NetlinkRequest request, NetlinkMessageReader? read, out bool isInterrupted)
    {
        isInterrupted = false;
        uint sequence = ++_sequence;
        ReadOnlySpan<byte> message = request.Finish(sequence);
        fixed (byte* bytes = message)
        {
            SyscallResult sent = SyscallResult.From(Libc.send(_descriptor, bytes, (nuint)message.Length, 0));
            if (sent.IsError)
            {
                return sent;
            }
        }

        while (true)
        {
            SyscallResult received = Receive();
            if (received.IsError)
            {
                return received;
            }

            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, received.Value);
            while (TryTake(ref rest, out Libc.nlmsghdr header, out ReadOnlySpan<byte> body))
            {
                if (header.nlmsg_seq != sequence)
                {
                    continue;
                }

                isInterrupted |= (header.nlmsg_flags & Libc.NLM_F_DUMP_INTR) != 0;
                if (header.nlmsg_type is Libc.NLMSG_ERROR or Libc.NLMSG_DONE)
                {
                    int error = body.Length >= 4 ? MemoryMarshal.Read<int>(body) : 0;
                    return error < 0 ? SyscallResult.Failure(-error) : SyscallResult.Success();
                }

                read?.Invoke(header.nlmsg_type, body);
            }
        }
    }

    private SyscallResult Receive()
    {
        fixed (byte* bytes = _buffer)
        {
            SyscallResult result;
            do
            {
                result = SyscallResult.From(Libc.recv(_descriptor, bytes, (nuint)_buffer.Length, 0));
            }
            while (result.Error == Errno.EINTR);
            return result;
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out Libc.nlmsghdr header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        if (rest.Length < HeaderBytes)
        {
            return false;
        }

        header = MemoryMarshal.Read<Libc.nlmsghdr>(rest);
        if (header.nlmsg_len < HeaderBytes || header.nlmsg_len > rest.Length)
        {
            return false;
        }

        int length = (int)header.nlmsg_len;
        body = rest[HeaderBytes..length];
        rest = rest[Math.Min(NetlinkRequest.Align(length), rest.Length)..];
        return true;
    }
}
