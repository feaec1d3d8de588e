using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>The options our UDP sockets need, by kind of socket.</summary>
internal static unsafe class SocketOptions
{
    public static SyscallResult ConfigureListener(int descriptor, in PeerAddress local, int bufferBytes)
    {
        SyscallResult result = Set(descriptor, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1);
        if (!result.IsError && local.IsIPv6)
        {
            // Without it "::" would take the IPv4 port as well, and the order of two listen addresses would matter.
            result = Set(descriptor, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 1);
        }

        if (!result.IsError && local.IsWildcard)
        {
            result = local.IsIPv6
                ? Set(descriptor, Libc.IPPROTO_IPV6, Libc.IPV6_RECVPKTINFO, 1)
                : Set(descriptor, Libc.IPPROTO_IP, Libc.IP_PKTINFO, 1);
        }

        if (!result.IsError)
        {
            LetFragment(descriptor, local.IsIPv6);
            SetBuffers(descriptor, bufferBytes);
        }

        return result;
    }

    /// <summary>
    /// Ignores path MTU reports, which anyone can forge: DNS payloads are kept small by EDNS instead.
    /// </summary>
    public static void LetFragment(int descriptor, bool isIPv6)
    {
        int level = isIPv6 ? Libc.IPPROTO_IPV6 : Libc.IPPROTO_IP;
        int option = isIPv6 ? Libc.IPV6_MTU_DISCOVER : Libc.IP_MTU_DISCOVER;
        if (Set(descriptor, level, option, Libc.IP_PMTUDISC_OMIT).IsError)
        {
            // Kernels before 3.15 do not know OMIT; a refusal of both costs nothing but the hardening.
            _ = Set(descriptor, level, option, Libc.IP_PMTUDISC_DONT);
        }
    }

    /// <summary>
    /// Makes words of routers on the way errors as well (host or net unreachable): without it a connected socket is told
    /// of closed ports and prohibitions only, since the kernel takes the rest for passing trouble.
    /// </summary>
    public static void HearOfRoutes(int descriptor, bool isIPv6) => _ = isIPv6
        ? Set(descriptor, Libc.IPPROTO_IPV6, Libc.IPV6_RECVERR, 1)
        : Set(descriptor, Libc.IPPROTO_IP, Libc.IP_RECVERR, 1);

    /// <summary>Whether the kernel knows UDP_SEGMENT. The value 0 leaves the socket as it is.</summary>
    public static bool HasSegments(int descriptor) =>
        !Set(descriptor, Libc.IPPROTO_UDP, Libc.UDP_SEGMENT, 0).IsError;

    private static void SetBuffers(int descriptor, int bufferBytes)
    {
        if (bufferBytes <= 0)
        {
            return;
        }

        // FORCE passes net.core.rmem_max but needs CAP_NET_ADMIN; the plain option takes what it is given.
        if (Set(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, bufferBytes).IsError)
        {
            _ = Set(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, bufferBytes);
        }

        if (Set(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, bufferBytes).IsError)
        {
            _ = Set(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUF, bufferBytes);
        }
    }

    private static SyscallResult Set(int descriptor, int level, int option, int value) =>
        SyscallResult.From(Libc.setsockopt(descriptor, level, option, &value, sizeof(int)));
}
