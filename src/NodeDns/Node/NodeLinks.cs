using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Linux.Netlink;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Node;

/// <summary>The links and addresses of this node at one moment.</summary>
internal sealed record NodeLinks(ImmutableArray<RouteLink> Links, ImmutableArray<RouteAddress> Addresses)
{
    /// <summary>The link on which kube-proxy in ipvs mode holds every ClusterIP.</summary>
    public const string Ipvs = "kube-ipvs0";

    /// <summary>The kernel's word for a dummy link.</summary>
    public const string Dummy = "dummy";

    public static SyscallResult TryRead(RouteSocket route, out NodeLinks links)
    {
        List<RouteLink> found = [];
        List<RouteAddress> addresses = [];
        SyscallResult result = route.ListLinks(found);
        if (!result.IsError)
        {
            result = route.ListAddresses(addresses);
        }

        links = new NodeLinks([.. found], [.. addresses]);
        return result;
    }

    public RouteLink? Find(string name) =>
        Links.Where(link => link.Name == name).Select(link => (RouteLink?)link).FirstOrDefault();

    public RouteLink? Find(int index) =>
        Links.Where(link => link.Index == index).Select(link => (RouteLink?)link).FirstOrDefault();

    public bool Has(int link, IPAddress address) =>
        Addresses.Any(one => one.LinkIndex == link && one.Address.Equals(address));

    /// <summary>The name of a link that has the address and is none of ours, that of ipvs before others; null: none.</summary>
    public string? ForeignHolder(IPAddress address, string interfaceName) => Addresses
        .Where(one => one.Address.Equals(address))
        .Select(one => Find(one.LinkIndex)?.Name)
        .OrderByDescending(name => name == Ipvs)
        .FirstOrDefault(name => name is not null && !IsOurs(name, interfaceName));

    /// <summary>The name itself, or that of another generation (name2 to name9).</summary>
    public static bool IsOurs(string name, string interfaceName) =>
        name == interfaceName
        || Enumerable.Range(2, NodeLimits.Generations - 1).Any(generation => name == NameOf(interfaceName, generation));

    /// <summary>The device's name for the first, second, ... generation; cut so that the kernel takes it.</summary>
    public static string NameOf(string interfaceName, int generation) => generation == 1
        ? interfaceName
        : $"{interfaceName[..Math.Min(interfaceName.Length, Linux.Links.TunDevice.MaxNameLength - 1)]}{generation}";
}
