using System.Net;
using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

/// <summary>The text of <c>nodedns net plan</c> is the golden file of what is done to a node.</summary>
public sealed class NodePlanTests
{
    private static readonly NodeConfig s_config = new() { Addresses = [IPAddress.Parse("169.254.20.10")] };

    [Fact]
    public void Describe_Auto_IsATunDeviceAndAnOwnedTable() => Assert.Equal(
        """
        interface: tun, gone with the process (auto: a dummy link where that cannot be had, then lo)
          ip tuntap add dev nodelocaldns mode tun      # without persist
          ip link set nodelocaldns up
          ip address add 169.254.20.10/32 dev nodelocaldns
        interception: nftables, owned by the process (auto: iptables where that cannot be had)
          table inet nodedns-PID {
            flags owner
            set streams4 {
              type ipv4_addr . inet_service
              size 65536
              flags dynamic,timeout
              timeout 1m
            }
            chain prerouting {
              type filter hook prerouting priority raw; policy accept;
              ip daddr { 169.254.20.10 } udp dport 53 counter notrack comment "NodeLocal DNS Cache: skip conntrack"
              ip daddr { 169.254.20.10 } tcp dport 53 update @streams4 { ip saddr . tcp sport }
              ip daddr { 169.254.20.10 } tcp dport 53 counter notrack comment "NodeLocal DNS Cache: skip conntrack"
            }
            chain output {
              type filter hook output priority raw; policy accept;
              ip daddr { 169.254.20.10 } udp dport 53 counter notrack comment "NodeLocal DNS Cache: skip conntrack"
              ip daddr { 169.254.20.10 } tcp dport 53 update @streams4 { ip saddr . tcp sport }
              ip daddr { 169.254.20.10 } tcp dport 53 counter notrack comment "NodeLocal DNS Cache: skip conntrack"
              ip daddr { 169.254.20.10 } tcp dport 8080 notrack comment "NodeLocal DNS Cache: skip conntrack"
            }
            chain replies {
              type filter hook output priority raw; policy accept;
              ip saddr { 169.254.20.10 } meta l4proto { tcp, udp } th sport 53 counter notrack comment "NodeLocal DNS Cache: skip conntrack"
              ip saddr { 169.254.20.10 } tcp sport 8080 notrack comment "NodeLocal DNS Cache: skip conntrack"
            }
          }
        where the filter of iptables drops by default:
          iptables-restore --noflush, of these the rules that are not there:
          *filter
          -I INPUT -p tcp -d 169.254.20.10 --dport 53 -j ACCEPT -m comment --comment "NodeLocal DNS Cache: allow DNS traffic"
          -I INPUT -p udp -d 169.254.20.10 --dport 53 -j ACCEPT -m comment --comment "NodeLocal DNS Cache: allow DNS traffic"
          -I OUTPUT -p tcp -s 169.254.20.10 --sport 53 -j ACCEPT -m comment --comment "NodeLocal DNS Cache: allow DNS traffic"
          -I OUTPUT -p udp -s 169.254.20.10 --sport 53 -j ACCEPT -m comment --comment "NodeLocal DNS Cache: allow DNS traffic"
          COMMIT

        """,
        NodePlan.Describe(s_config));

    [Fact]
    public void Describe_Iptables_IsOneTransactionOfGuardedRules()
    {
        string plan = NodePlan.Describe(s_config with { Interface = InterfaceMode.Dummy, Interception = InterceptionMode.Iptables });

        Assert.StartsWith("interface: dummy\n  ip link add nodelocaldns type dummy\n", plan, System.StringComparison.Ordinal);
        Assert.Contains("  *raw\n  -I PREROUTING -p tcp -d 169.254.20.10 --dport 53 -m socket -j NOTRACK", plan, System.StringComparison.Ordinal);
        Assert.Equal(12, plan.Split("\n  -I ").Length - 1);
    }

    [Fact]
    public void Describe_NoneOfBoth_SaysSo() => Assert.Equal(
        "interface: none, the addresses are on this node already\ninterception: none\n",
        NodePlan.Describe(s_config with { Interface = InterfaceMode.None, Interception = InterceptionMode.None }));

    [Fact]
    public void IsWanted_OnlyWithAddressesAndSomethingToDo()
    {
        Assert.True(s_config.IsWanted);
        Assert.False((s_config with { Addresses = [] }).IsWanted);
        Assert.False((s_config with { Interface = InterfaceMode.None, Interception = InterceptionMode.None }).IsWanted);
        Assert.True((s_config with { Interface = InterfaceMode.None }).IsWanted);
    }
}
