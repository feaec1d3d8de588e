using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

internal static unsafe partial class Libc
{
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;

    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    /// <summary><c>epoll_event</c> as the kernel declares it everywhere but on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct epoll_event
    {
        public uint events;
        public ulong data;
    }

    /// <summary><c>epoll_event</c> on x86-64, where it is packed to be the same for 32-bit programs.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct epoll_event_packed
    {
        public uint events;
        public ulong data;
    }

    [LibraryImport(Library)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Library)]
    public static partial int epoll_ctl(int epfd, int op, int fd, void* @event);

    [LibraryImport(Library)]
    public static partial int epoll_wait(int epfd, void* events, int maxevents, int timeout);

    [LibraryImport(Library)]
    public static partial int eventfd(uint initval, int flags);

    [LibraryImport(Library)]
    public static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(Library)]
    public static partial nint write(int fd, void* buf, nuint count);
}
