using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

internal static unsafe partial class Libc
{
    public const int AF_UNSPEC = 0;
    public const int AF_NETLINK = 16;
    public const int SOCK_RAW = 3;
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_NETFILTER = 12;

    public const uint RTMGRP_LINK = 0x1;
    public const uint RTMGRP_IPV4_IFADDR = 0x10;
    public const uint RTMGRP_IPV6_IFADDR = 0x100;

    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;
    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_DUMP_INTR = 0x10;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_CREATE = 0x400;
    public const ushort NLA_F_NESTED = 0x8000;

    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_DELLINK = 17;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;

    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_INFO_KIND = 1;
    public const uint IFF_UP = 0x1;

    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_FLAGS = 8;
    public const uint IFA_F_NODAD = 0x02;

    public const int O_RDWR = 0x2;
    public const int O_CLOEXEC = 0x80000;
    public const nuint TUNSETIFF = 0x400454CA;
    public const ushort IFF_TUN = 0x0001;
    public const ushort IFF_NO_PI = 0x1000;
    public const ushort IFF_TUN_EXCL = 0x8000;
    public const int IFNAMSIZ = 16;

    public const int F_SETFD = 2;
    public const int FD_CLOEXEC = 1;
    public const int F_DUPFD_CLOEXEC = 1030;

    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_nl
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct nlmsghdr
    {
        public uint nlmsg_len;
        public ushort nlmsg_type;
        public ushort nlmsg_flags;
        public uint nlmsg_seq;
        public uint nlmsg_pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ifinfomsg
    {
        public byte ifi_family;
        public byte __ifi_pad;
        public ushort ifi_type;
        public int ifi_index;
        public uint ifi_flags;
        public uint ifi_change;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ifaddrmsg
    {
        public byte ifa_family;
        public byte ifa_prefixlen;
        public byte ifa_flags;
        public byte ifa_scope;
        public int ifa_index;
    }

    /// <summary><c>ifreq</c> with the member that TUNSETIFF reads.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    public struct ifreq
    {
        public fixed byte ifr_name[IFNAMSIZ];
        public short ifr_flags;
    }

    [LibraryImport(Library)]
    public static partial int open(byte* pathname, int flags, int mode);

    [LibraryImport(Library)]
    public static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Library)]
    public static partial int fcntl(int fd, int cmd, nint argument);
}
