using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Linux.Netlink;

/// <summary>Links and addresses of this network namespace through rtnetlink: what the <c>ip</c> program does, without it.</summary>
/// <remarks>Owned by one thread.</remarks>
public sealed class RouteSocket : IDisposable
{
    private const int DumpAttempts = 5;
    private const int LinkHeadBytes = 16;
    private const int AddressHeadBytes = 8;
    private readonly NetlinkSocket _socket;

    private RouteSocket(NetlinkSocket socket) => _socket = socket;

    public static SyscallResult TryOpen(out RouteSocket? route)
    {
        SyscallResult result = NetlinkSocket.TryOpen(groups: 0, isNonBlocking: false, out NetlinkSocket? socket);
        route = socket is null ? null : new RouteSocket(socket);
        return result;
    }

    public SyscallResult ListLinks(List<RouteLink> links) => Dump(
        NetlinkRequest.Create(Libc.RTM_GETLINK, Libc.NLM_F_DUMP, new Libc.ifinfomsg()), links, ReadLink);

    public SyscallResult ListAddresses(List<RouteAddress> addresses) => Dump(
        NetlinkRequest.Create(Libc.RTM_GETADDR, Libc.NLM_F_DUMP, new Libc.ifaddrmsg()), addresses, ReadAddress);

    /// <summary>Adds a host address (/32, /128). EEXIST: the link has it already.</summary>
    public SyscallResult AddAddress(int link, IPAddress address)
    {
        NetlinkRequest request = AddressRequest(
            Libc.RTM_NEWADDR, Libc.NLM_F_ACK | Libc.NLM_F_CREATE | Libc.NLM_F_EXCL, link, address);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // Two generations have the same address for a moment: nothing to detect, and binding must work at once.
            request.Add(Libc.IFA_FLAGS, Libc.IFA_F_NODAD);
        }

        return _socket.Ask(request);
    }

    /// <summary>Removes a host address. EADDRNOTAVAIL: the link does not have it.</summary>
    public SyscallResult RemoveAddress(int link, IPAddress address) =>
        _socket.Ask(AddressRequest(Libc.RTM_DELADDR, Libc.NLM_F_ACK, link, address));

    public SyscallResult SetUp(int link)
    {
        Libc.ifinfomsg body = new() { ifi_index = link, ifi_flags = Libc.IFF_UP, ifi_change = Libc.IFF_UP };
        return _socket.Ask(NetlinkRequest.Create(Libc.RTM_NEWLINK, Libc.NLM_F_ACK, body));
    }

    /// <summary>Creates a dummy link. EOPNOTSUPP: this kernel has none. EEXIST: the name is taken.</summary>
    public SyscallResult AddDummy(string name)
    {
        NetlinkRequest request = NetlinkRequest.Create(
            Libc.RTM_NEWLINK, Libc.NLM_F_ACK | Libc.NLM_F_CREATE | Libc.NLM_F_EXCL, new Libc.ifinfomsg());
        request.Add(Libc.IFLA_IFNAME, Encoding.ASCII.GetBytes(name + "\0"));
        int nested = request.Begin(Libc.IFLA_LINKINFO | Libc.NLA_F_NESTED);
        request.Add(Libc.IFLA_INFO_KIND, "dummy"u8);
        return _socket.Ask(request.End(nested));
    }

    public SyscallResult RemoveLink(int link) => _socket.Ask(
        NetlinkRequest.Create(Libc.RTM_DELLINK, Libc.NLM_F_ACK, new Libc.ifinfomsg { ifi_index = link }));

    public void Dispose() => _socket.Dispose();

    private SyscallResult Dump<T>(NetlinkRequest request, List<T> found, Func<ushort, ReadOnlySpan<byte>, T?> read)
        where T : struct
    {
        SyscallResult result;
        bool isInterrupted;
        int attempts = 0;
        do
        {
            found.Clear();
            result = _socket.Dump(
                request,
                (type, body) =>
                {
                    if (read(type, body) is { } item)
                    {
                        found.Add(item);
                    }
                },
                out isInterrupted);
        }
        while (isInterrupted && !result.IsError && ++attempts < DumpAttempts);
        return result;
    }

    private static NetlinkRequest AddressRequest(ushort type, ushort flags, int link, IPAddress address)
    {
        bool isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Libc.ifaddrmsg body = new()
        {
            ifa_family = (byte)(isIPv6 ? Libc.AF_INET6 : Libc.AF_INET),
            ifa_prefixlen = (byte)(isIPv6 ? 128 : 32),
            ifa_index = link,
        };
        byte[] bytes = address.GetAddressBytes();
        return NetlinkRequest.Create(type, flags, body).Add(Libc.IFA_LOCAL, bytes).Add(Libc.IFA_ADDRESS, bytes);
    }

    private static RouteLink? ReadLink(ushort type, ReadOnlySpan<byte> body)
    {
        if (type != Libc.RTM_NEWLINK || body.Length < LinkHeadBytes)
        {
            return null;
        }

        Libc.ifinfomsg link = MemoryMarshal.Read<Libc.ifinfomsg>(body);
        ReadOnlySpan<byte> attributes = body[LinkHeadBytes..];
        string name = Text(AttributeReader.Find(attributes, Libc.IFLA_IFNAME));
        string kind = Text(AttributeReader.Find(AttributeReader.Find(attributes, Libc.IFLA_LINKINFO), Libc.IFLA_INFO_KIND));
        return new RouteLink(link.ifi_index, name, kind, (link.ifi_flags & Libc.IFF_UP) != 0);
    }

    private static RouteAddress? ReadAddress(ushort type, ReadOnlySpan<byte> body)
    {
        if (type != Libc.RTM_NEWADDR || body.Length < AddressHeadBytes)
        {
            return null;
        }

        Libc.ifaddrmsg head = MemoryMarshal.Read<Libc.ifaddrmsg>(body);
        ReadOnlySpan<byte> attributes = body[AddressHeadBytes..];

        // On a point-to-point link IFA_ADDRESS is the peer and IFA_LOCAL is ours; IPv6 usually has the first alone.
        ReadOnlySpan<byte> local = AttributeReader.Find(attributes, Libc.IFA_LOCAL);
        ReadOnlySpan<byte> address = local.IsEmpty ? AttributeReader.Find(attributes, Libc.IFA_ADDRESS) : local;
        return address.Length is 4 or 16
            ? new RouteAddress(head.ifa_index, new IPAddress(address), head.ifa_prefixlen)
            : null;
    }

    private static string Text(ReadOnlySpan<byte> zeroEnded)
    {
        int end = zeroEnded.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? zeroEnded : zeroEnded[..end]);
    }
}
