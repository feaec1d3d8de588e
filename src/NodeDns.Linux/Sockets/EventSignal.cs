using System;
using System.ComponentModel;
using System.Threading;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>A flag that any thread may set and that wakes the one thread which waits on it by <see cref="Epoll"/>.</summary>
public sealed unsafe class EventSignal : IDisposable
{
    private int _descriptor;

    /// <exception cref="Win32Exception">The process has no descriptor left.</exception>
    public EventSignal()
    {
        SyscallResult result = SyscallResult.From(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK));
        if (result.IsError)
        {
            throw new Win32Exception(result.Error);
        }

        _descriptor = result.Value;
    }

    public int Descriptor => _descriptor;

    /// <summary>Makes the descriptor readable; setting it again changes nothing.</summary>
    public void Set()
    {
        ulong one = 1;
        while (SyscallResult.From(Libc.write(_descriptor, &one, sizeof(ulong))).Error == Errno.EINTR)
        {
        }
    }

    /// <summary>Makes the descriptor unreadable until the next <see cref="Set"/>.</summary>
    public void Clear()
    {
        ulong count;
        while (SyscallResult.From(Libc.read(_descriptor, &count, sizeof(ulong))).Error == Errno.EINTR)
        {
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
}
