using System;
using System.Runtime.CompilerServices;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Sockets;

/// <summary>Reads and writes the one control message in use: which address of ours a datagram came to or leaves from.</summary>
internal static unsafe class PacketInfo
{
    private static readonly int s_headerBytes = sizeof(Libc.cmsghdr);

    /// <summary>Reads the address out of a received header; the default value when the kernel sent none.</summary>
    public static LocalAddress Read(in Libc.msghdr header)
    {
        // IP_PKTINFO and IPV6_PKTINFO are the only control messages our sockets ask for, so the first is the one.
        if (header.msg_controllen < (nuint)(s_headerBytes + sizeof(Libc.in_pktinfo)))
        {
            return default;
        }

        // SAFETY: The kernel wrote msg_controllen bytes here; each branch has checked that its struct fits.
        Libc.cmsghdr* control = (Libc.cmsghdr*)header.msg_control;
        byte* data = (byte*)header.msg_control + s_headerBytes;
        if (control->cmsg_level == Libc.IPPROTO_IP && control->cmsg_type == Libc.IP_PKTINFO)
        {
            Libc.in_pktinfo* info = (Libc.in_pktinfo*)data;

            // spec_dst, not addr: the two differ for a broadcast, which is no address to answer from.
            return LocalAddress.FromBytes(new ReadOnlySpan<byte>(&info->ipi_spec_dst, sizeof(uint)), 0);
        }

        if (control->cmsg_level == Libc.IPPROTO_IPV6 && control->cmsg_type == Libc.IPV6_PKTINFO
            && header.msg_controllen >= (nuint)(s_headerBytes + sizeof(Libc.in6_pktinfo)))
        {
            Libc.in6_pktinfo* info = (Libc.in6_pktinfo*)data;
            return LocalAddress.FromBytes(new ReadOnlySpan<byte>(info->ipi6_addr, 16), info->ipi6_ifindex);
        }

        return default;
    }

    /// <summary>Writes the source address of an answer into a header that is about to be sent.</summary>
    public static void Write(ref Libc.msghdr header, in LocalAddress source)
    {
        // SAFETY: The control area has MessageSlots.ControlBytes, more than either message needs.
        Libc.cmsghdr* control = (Libc.cmsghdr*)header.msg_control;
        byte* data = (byte*)header.msg_control + s_headerBytes;
        if (source.IsIPv6)
        {
            Libc.in6_pktinfo info = default;
            source.CopyAddress(new Span<byte>(info.ipi6_addr, 16));
            info.ipi6_ifindex = source.InterfaceIndex;
            Unsafe.WriteUnaligned(data, info);
            Fill(ref header, control, Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO, sizeof(Libc.in6_pktinfo));
        }
        else
        {
            Libc.in_pktinfo info = new() { ipi_spec_dst = source.IPv4Word };
            Unsafe.WriteUnaligned(data, info);
            Fill(ref header, control, Libc.IPPROTO_IP, Libc.IP_PKTINFO, sizeof(Libc.in_pktinfo));
        }
    }

    // The macros CMSG_LEN (header and data) and CMSG_SPACE (the same, rounded up to a word).
    private static void Fill(ref Libc.msghdr header, Libc.cmsghdr* control, int level, int type, int dataBytes)
    {
        control->cmsg_level = level;
        control->cmsg_type = type;
        control->cmsg_len = (nuint)(s_headerBytes + dataBytes);
        header.msg_controllen = (nuint)((s_headerBytes + dataBytes + 7) & ~7);
    }
}
