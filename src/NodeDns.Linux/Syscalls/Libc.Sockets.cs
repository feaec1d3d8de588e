using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

/// <summary>The C library as it is: signatures, structs and constants under their C names, nothing else.</summary>
/// <remarks>
/// No signature sets the managed "last error": callers make a <see cref="SyscallResult"/> of the return value at
/// once, which reads errno only after a failure. The runtime keeps errno unharmed between the two.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SOL_SOCKET = 1;
    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_REUSEPORT = 15;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_PROTOCOL = 38;
    public const int SO_DOMAIN = 39;
    public const int SO_ATTACH_REUSEPORT_CBPF = 51;

    public const int IPPROTO_IP = 0;
    public const int IP_PKTINFO = 8;
    public const int IP_MTU_DISCOVER = 10;
    public const int IP_RECVERR = 11;
    public const int IP_PMTUDISC_DONT = 0;
    public const int IP_PMTUDISC_OMIT = 5;

    public const int IPPROTO_UDP = 17;
    public const int UDP_SEGMENT = 103;

    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_MTU_DISCOVER = 23;
    public const int IPV6_RECVERR = 25;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_RECVPKTINFO = 49;
    public const int IPV6_PKTINFO = 50;

    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;

    [LibraryImport(Library)]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library)]
    public static partial int bind(int sockfd, void* addr, uint addrlen);

    [LibraryImport(Library)]
    public static partial int connect(int sockfd, void* addr, uint addrlen);

    [LibraryImport(Library)]
    public static partial int getsockname(int sockfd, void* addr, uint* addrlen);

    [LibraryImport(Library)]
    public static partial int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport(Library)]
    public static partial int getsockopt(int sockfd, int level, int optname, void* optval, uint* optlen);

    [LibraryImport(Library)]
    public static partial nint send(int sockfd, void* buf, nuint len, int flags);

    [LibraryImport(Library)]
    public static partial nint recv(int sockfd, void* buf, nuint len, int flags);

    [LibraryImport(Library)]
    public static partial int recvmmsg(int sockfd, mmsghdr* msgvec, uint vlen, int flags, void* timeout);

    [LibraryImport(Library)]
    public static partial int sendmmsg(int sockfd, mmsghdr* msgvec, uint vlen, int flags);

    [LibraryImport(Library)]
    public static partial int close(int fd);
}
