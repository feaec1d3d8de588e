using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

public sealed class IptablesTablesTests
{
    [Theory]
    [InlineData("-P INPUT ACCEPT\n-P OUTPUT ACCEPT\n-A INPUT -j KUBE-FIREWALL\n", false)]
    [InlineData("-P INPUT DROP\n-P OUTPUT ACCEPT\n", true)]
    [InlineData("-P INPUT ACCEPT\n-P OUTPUT DROP\n", true)]
    [InlineData("-P FORWARD DROP\n-P INPUT ACCEPT\n", false)]
    [InlineData("-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n", true)]
    [InlineData("-P INPUT ACCEPT\n-A INPUT -s 192.0.2.0/24 -j DROP\n", false)]
    public void Drops_Filter_IsOneThatDropsWhatNobodyAccepts(string filter, bool expected) =>
        Assert.Equal(expected, IptablesTables.Drops(filter));
}
