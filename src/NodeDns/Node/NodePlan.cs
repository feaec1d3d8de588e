using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeDns.Linux.Netfilter;

namespace NodeDns.Node;

/// <summary>What would be done to a node, in the words of the programs that an operator knows; nothing is asked or changed.</summary>
internal static class NodePlan
{
    public static string Describe(NodeConfig config)
    {
        StringBuilder text = new();
        AppendInterface(text, config);
        NotrackScope scope = config.ScopeOf(config.Addresses);
        switch (config.Interception)
        {
            case InterceptionMode.None:
                text.Append("interception: none\n");
                break;
            case InterceptionMode.Iptables:
                text.Append("interception: iptables\n");
                AppendIptables(text, scope);
                break;
            default:
                text.Append("interception: nftables, owned by the process (auto: iptables where that cannot be had)\n");
                AppendIndented(text, new NotrackTable(NotrackTable.NamePrefix + "PID", scope).Definition());
                text.Append("where the filter of iptables drops by default:\n");
                AppendScript(text, IptablesRuleSet.AcceptOnly(scope));
                break;
        }

        return text.ToString();
    }

    private static void AppendInterface(StringBuilder text, NodeConfig config)
    {
        string name = config.Interface == InterfaceMode.Lo ? "lo" : config.InterfaceName;
        string[] lines = config.Interface switch
        {
            InterfaceMode.None => ["interface: none, the addresses are on this node already"],
            InterfaceMode.Lo => ["interface: lo"],
            InterfaceMode.Dummy => ["interface: dummy", $"  ip link add {name} type dummy", $"  ip link set {name} up"],
            _ =>
            [
                config.Interface == InterfaceMode.Tun
                    ? "interface: tun, gone with the process"
                    : "interface: tun, gone with the process (auto: a dummy link where that cannot be had, then lo)",
                $"  ip tuntap add dev {name} mode tun      # without persist",
                $"  ip link set {name} up",
            ],
        };
        text.AppendJoin('\n', lines).Append('\n');
        if (config.Interface != InterfaceMode.None)
        {
            foreach (IPAddress address in config.Addresses)
            {
                int prefix = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
                text.Append($"  ip address add {address}/{prefix} dev {name}\n");
            }
        }
    }

    private static void AppendIptables(StringBuilder text, NotrackScope scope) =>
        AppendScript(text, IptablesRuleSet.For(scope, isGuarded: true));

    private static void AppendScript(StringBuilder text, ImmutableArray<IptablesRule> rules)
    {
        foreach (IGrouping<bool, IptablesRule> family in rules.GroupBy(rule => rule.IsIPv6))
        {
            text.Append($"  {(family.Key ? "ip6tables" : "iptables")}-restore --noflush, of these the rules that are not there:\n");
            AppendIndented(text, IptablesProgram.Script(family.Select(rule => (rule.Table, rule.RestoreLine("-I")))));
        }
    }

    private static void AppendIndented(StringBuilder text, string block)
    {
        foreach (string line in block.TrimEnd('\n').Split('\n'))
        {
            text.Append("  ").Append(line).Append('\n');
        }
    }
}
