using System.Net;
using NodeDns.Linux.Netlink;
using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

public sealed class NodeLinksTests
{
    private static readonly IPAddress s_clusterAddress = IPAddress.Parse("10.96.0.10");

    private static readonly NodeLinks s_links = new(
        [
            new RouteLink(1, "lo", "", true),
            new RouteLink(2, "nodelocaldns", "tun", true),
            new RouteLink(3, "nodelocaldns2", "tun", true),
            new RouteLink(4, NodeLinks.Ipvs, "dummy", false),
        ],
        [
            new RouteAddress(2, IPAddress.Parse("169.254.20.10"), 32),
            new RouteAddress(3, IPAddress.Parse("169.254.20.10"), 32),
            new RouteAddress(4, s_clusterAddress, 32),
        ]);

    [Fact]
    public void ForeignHolder_AddressOfTwoGenerations_IsNobodyElses() =>
        Assert.Null(s_links.ForeignHolder(IPAddress.Parse("169.254.20.10"), "nodelocaldns"));

    [Fact]
    public void ForeignHolder_ClusterAddressOnIpvs_NamesIt() =>
        Assert.Equal("kube-ipvs0", s_links.ForeignHolder(s_clusterAddress, "nodelocaldns"));

    [Theory]
    [InlineData("nodelocaldns", 1, "nodelocaldns")]
    [InlineData("nodelocaldns", 2, "nodelocaldns2")]
    [InlineData("fifteen-letters", 3, "fifteen-letter3")]
    public void NameOf_Generation_FitsTheKernel(string name, int generation, string expected) =>
        Assert.Equal(expected, NodeLinks.NameOf(name, generation));

    [Theory]
    [InlineData("nodelocaldns", true)]
    [InlineData("nodelocaldns9", true)]
    [InlineData("nodelocaldns10", false)]
    [InlineData("eth0", false)]
    public void IsOurs_OnlyTheNamesOfGenerations(string name, bool expected) =>
        Assert.Equal(expected, NodeLinks.IsOurs(name, "nodelocaldns"));
}
