using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Linux.Links;
using NodeDns.Linux.Netlink;
using NodeDns.Linux.Tests.Netlink;
using Xunit;

namespace NodeDns.Linux.Tests.Links;

public sealed class TunDeviceTests
{
    [TunFact]
    public void Dispose_DeviceWithAddress_LeavesNothing() => NetworkNamespace.Run(() =>
    {
        RouteSocket.TryOpen(out RouteSocket? route);
        using (route)
        {
            Assert.False(TunDevice.TryCreate("nodelocaldns", out TunDevice? device).IsError);
            RouteLink link = Links(route!).Single(one => one.Name == "nodelocaldns");
            Assert.Equal("tun", link.Kind);
            Assert.False(route!.SetUp(link.Index).IsError);
            Assert.False(route.AddAddress(link.Index, IPAddress.Parse("10.96.0.10")).IsError);

            device!.Dispose();

            Assert.DoesNotContain(Links(route), one => one.Name == "nodelocaldns");
            List<RouteAddress> addresses = [];
            route.ListAddresses(addresses);
            Assert.DoesNotContain(addresses, one => one.LinkIndex == link.Index);
        }
    });

    [TunFact]
    public void TryCreate_NameTaken_IsRefused() => NetworkNamespace.Run(() =>
    {
        Assert.False(TunDevice.TryCreate("nodelocaldns", out TunDevice? first).IsError);
        using (first)
        {
            Assert.True(TunDevice.TryCreate("nodelocaldns", out TunDevice? second).IsError);
            Assert.Null(second);
        }
    });

    private static List<RouteLink> Links(RouteSocket route)
    {
        List<RouteLink> links = [];
        Assert.False(route.ListLinks(links).IsError);
        return links;
    }
}

/// <summary>A test that needs root and /dev/net/tun.</summary>
internal sealed class TunFactAttribute : FactAttribute
{
    public TunFactAttribute()
    {
        if (!NetworkNamespace.IsAllowed)
        {
            Skip = "no network namespaces here (they need root)";
        }
        else if (!File.Exists("/dev/net/tun"))
        {
            Skip = "no /dev/net/tun here";
        }
    }
}
