using System.Net;

namespace NodeDns.Linux.Netlink;

/// <summary>An address of a network interface.</summary>
public readonly record struct RouteAddress(int LinkIndex, IPAddress Address, int PrefixLength);
