using System;
using System.Runtime.InteropServices;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Netlink;

/// <summary>Waits until the kernel says that one link, or an address of it, was changed or removed.</summary>
/// <remarks>Owned by the thread that waits; <see cref="Wake"/> may be called by any.</remarks>
public sealed class RouteMonitor : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly Epoll _epoll = new();
    private readonly EventSignal _wake = new();

    private RouteMonitor(NetlinkSocket socket)
    {
        _socket = socket;
        _epoll.Add(socket.Descriptor, EpollEvents.In, 1);
        _epoll.Add(_wake.Descriptor, EpollEvents.In, 0);
    }

    public static SyscallResult TryOpen(out RouteMonitor? monitor)
    {
        uint groups = Libc.RTMGRP_LINK | Libc.RTMGRP_IPV4_IFADDR | Libc.RTMGRP_IPV6_IFADDR;
        SyscallResult result = NetlinkSocket.TryOpen(groups, isNonBlocking: true, out NetlinkSocket? socket);
        monitor = socket is null ? null : new RouteMonitor(socket);
        return result;
    }

    /// <summary>True when something of the link changed; false when the time is over or somebody woke us.</summary>
    public bool Wait(int link, TimeSpan time)
    {
        long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        Span<EpollEvent> events = stackalloc EpollEvent[2];
        while (true)
        {
            // A node's pods come and go all the time: what is not ours does not end the wait.
            long left = end - Environment.TickCount64;
            SyscallResult ready = left > 0 ? _epoll.Wait(events, (int)Math.Min(left, int.MaxValue)) : default;
            if (ready.Value <= 0 && (!ready.IsError || ready.Error != Errno.EINTR))
            {
                return false;
            }

            for (int i = 0; i < ready.Value; i++)
            {
                if (events[i].Tag == 0)
                {
                    _wake.Clear();
                    return false;
                }
            }

            if (ready.Value > 0 && ReadsChangeOf(link))
            {
                return true;
            }
        }
    }

    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
        _socket.Dispose();
    }

    private bool ReadsChangeOf(int link)
    {
        bool changed = false;
        SyscallResult result;
        do
        {
            result = _socket.ReadNotifications((type, body) =>
            {
                // ifinfomsg and ifaddrmsg both have the index of the link behind their first four bytes.
                bool ours = body.Length >= 8 && MemoryMarshal.Read<int>(body[4..]) == link;
                changed |= ours && (type is Libc.RTM_NEWLINK or Libc.RTM_DELLINK or Libc.RTM_DELADDR);
            });
        }
        while (!result.IsError);

        // Lost notifications may have been ours.
        return changed || result.Error == Errno.ENOBUFS;
    }
}
