using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Threading;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>A set of descriptors that one thread waits on.</summary>
public sealed unsafe class Epoll : IDisposable
{
    private static readonly bool s_isPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private int _descriptor;

    /// <exception cref="Win32Exception">The process has no descriptor left.</exception>
    public Epoll()
    {
        SyscallResult result = SyscallResult.From(Libc.epoll_create1(Libc.EPOLL_CLOEXEC));
        if (result.IsError)
        {
            throw new Win32Exception(result.Error);
        }

        _descriptor = result.Value;
    }

    public SyscallResult Add(int descriptor, EpollEvents events, ulong tag) =>
        Control(Libc.EPOLL_CTL_ADD, descriptor, events, tag);

    public SyscallResult Modify(int descriptor, EpollEvents events, ulong tag) =>
        Control(Libc.EPOLL_CTL_MOD, descriptor, events, tag);

    public SyscallResult Remove(int descriptor) => Control(Libc.EPOLL_CTL_DEL, descriptor, EpollEvents.None, 0);

    /// <summary>Waits for readiness; the result is the number of events filled in.</summary>
    /// <param name="events">Room for the reports; at least one.</param>
    /// <param name="timeoutMilliseconds">0 only looks, -1 waits without end.</param>
    /// <returns>The count, 0 after the timeout or when a signal came (the caller's loop looks at its clock anyway).</returns>
    public SyscallResult Wait(Span<EpollEvent> events, int timeoutMilliseconds)
    {
        fixed (EpollEvent* first = events)
        {
            // SAFETY: An EpollEvent has 16 bytes and the kernel's struct 12 or 16, so the caller's span can hold
            // what the kernel writes for the same number of events.
            SyscallResult result = SyscallResult.From(
                Libc.epoll_wait(_descriptor, first, events.Length, timeoutMilliseconds));
            if (result.IsError)
            {
                return result.Error == Errno.EINTR ? SyscallResult.Success() : result;
            }

            Spread(first, result.Value);
            return result;
        }
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Libc.close(descriptor);
        }
    }

    // Turns the kernel's structs into ours in the same memory. From the last to the first: ours are at least as
    // large, so writing entry i only touches bytes of entries that were already read.
    private static void Spread(EpollEvent* events, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            if (s_isPacked)
            {
                Libc.epoll_event_packed entry = ((Libc.epoll_event_packed*)events)[i];
                events[i] = new EpollEvent((EpollEvents)entry.events, entry.data);
            }
            else
            {
                Libc.epoll_event entry = ((Libc.epoll_event*)events)[i];
                events[i] = new EpollEvent((EpollEvents)entry.events, entry.data);
            }
        }
    }

    private SyscallResult Control(int operation, int descriptor, EpollEvents events, ulong tag)
    {
        Libc.epoll_event_packed packed = new() { events = (uint)events, data = tag };
        Libc.epoll_event natural = new() { events = (uint)events, data = tag };
        void* entry = s_isPacked ? &packed : &natural;
        return SyscallResult.From(Libc.epoll_ctl(_descriptor, operation, descriptor, entry));
    }
}
