using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using NodeDns.Linux.Netlink;
using NodeDns.Linux.Syscalls;
using Xunit;

namespace NodeDns.Linux.Tests.Netlink;

public sealed class RouteSocketTests
{
    private static readonly IPAddress s_linkLocal = IPAddress.Parse("169.254.20.10");
    private static readonly IPAddress s_unique = IPAddress.Parse("fd00::10");

    [Fact]
    public void ListLinks_AnyMachine_HasLo()
    {
        using RouteSocket route = Open();
        List<RouteLink> links = [];

        Assert.False(route.ListLinks(links).IsError);

        Assert.Contains(links, link => link.Name == "lo" && link.Kind.Length == 0 && link.Index == 1);
    }

    [NamespaceFact]
    public void AddAddress_BothFamilies_AreListedUntilRemoved() => NetworkNamespace.Run(() =>
    {
        using RouteSocket route = Open();

        Assert.False(route.SetUp(1).IsError);
        Assert.False(route.AddAddress(1, s_linkLocal).IsError);
        Assert.False(route.AddAddress(1, s_unique).IsError);

        Assert.Contains(new RouteAddress(1, s_linkLocal, 32), Addresses(route));
        Assert.Contains(new RouteAddress(1, s_unique, 128), Addresses(route));
        Assert.True(Links(route).Single(link => link.Name == "lo").IsUp);

        Assert.False(route.RemoveAddress(1, s_linkLocal).IsError);
        Assert.False(route.RemoveAddress(1, s_unique).IsError);
        Assert.DoesNotContain(Addresses(route), one => one.Address.Equals(s_linkLocal) || one.Address.Equals(s_unique));
    });

    [NamespaceFact]
    public void AddAddress_Twice_SaysItIsThere() => NetworkNamespace.Run(() =>
    {
        using RouteSocket route = Open();
        route.AddAddress(1, s_linkLocal);

        Assert.Equal(Errno.EEXIST, route.AddAddress(1, s_linkLocal).Error);
    });

    [NamespaceFact]
    public void RemoveAddress_NotThere_SaysSo() => NetworkNamespace.Run(() =>
    {
        using RouteSocket route = Open();

        Assert.Equal(Errno.EADDRNOTAVAIL, route.RemoveAddress(1, s_linkLocal).Error);
        Assert.Equal(Errno.ENODEV, route.RemoveAddress(4711, s_linkLocal).Error);
    });

    [NamespaceFact]
    public void AddDummy_ByThisKernel_IsMadeOrRefusedByName() => NetworkNamespace.Run(() =>
    {
        using RouteSocket route = Open();

        SyscallResult added = route.AddDummy("nodelocaldns");

        if (added.IsError)
        {
            Assert.Equal(Errno.EOPNOTSUPP, added.Error);
            return;
        }

        RouteLink link = Links(route).Single(one => one.Name == "nodelocaldns");
        Assert.Equal("dummy", link.Kind);
        Assert.False(route.RemoveLink(link.Index).IsError);
        Assert.DoesNotContain(Links(route), one => one.Name == "nodelocaldns");
    });

    [NamespaceFact]
    public void Monitor_AddressOfTheLinkRemoved_EndsTheWait() => NetworkNamespace.Run(() =>
    {
        using RouteSocket route = Open();
        route.AddAddress(1, s_linkLocal);
        Assert.False(RouteMonitor.TryOpen(out RouteMonitor? monitor).IsError);
        using (monitor)
        {
            Assert.False(monitor!.Wait(link: 1, TimeSpan.FromMilliseconds(20)));
            route.RemoveAddress(1, s_linkLocal);
            Assert.True(monitor.Wait(link: 1, TimeSpan.FromSeconds(10)));
        }
    });

    [Fact]
    public async Task Monitor_Woken_EndsTheWait()
    {
        Assert.False(RouteMonitor.TryOpen(out RouteMonitor? monitor).IsError);
        using (monitor)
        {
            Task<bool> waiting = Task.Run(() => monitor!.Wait(link: -1, TimeSpan.FromMinutes(5)));
            monitor!.Wake();
            Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        }
    }

    private static RouteSocket Open()
    {
        Assert.False(RouteSocket.TryOpen(out RouteSocket? route).IsError);
        return route!;
    }

    private static List<RouteAddress> Addresses(RouteSocket route)
    {
        List<RouteAddress> addresses = [];
        Assert.False(route.ListAddresses(addresses).IsError);
        return addresses;
    }

    private static List<RouteLink> Links(RouteSocket route)
    {
        List<RouteLink> links = [];
        Assert.False(route.ListLinks(links).IsError);
        return links;
    }
}
