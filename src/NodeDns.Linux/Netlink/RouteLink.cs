namespace NodeDns.Linux.Netlink;

/// <summary>A network interface as the kernel lists it.</summary>
/// <param name="Kind">"tun", "dummy", "veth" and so on; empty for hardware and for lo.</param>
public readonly record struct RouteLink(int Index, string Name, string Kind, bool IsUp);
