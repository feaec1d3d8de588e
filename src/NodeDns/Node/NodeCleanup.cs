using System.Collections.Generic;
using NodeDns.Linux.Netfilter;
using NodeDns.Linux.Netlink;
using NodeDns.Metrics;

namespace NodeDns.Node;

/// <summary>Removes what a dead node-cache or NodeDns left on this node: rules and the dummy link. For the command line.</summary>
internal static class NodeCleanup
{
    /// <summary>One line for each thing done or refused; false when something could not be done.</summary>
    public static bool TryRun(NodeConfig config, IptablesProgram program, List<string> lines)
    {
        if (PortListeners.AnyOther(config.Addresses, config.DnsPort))
        {
            lines.Add("a process listens on these addresses: stop it, and it removes what is its own");
            return false;
        }

        IptablesTables tables = new(program, new SetupCounters());
        bool removed = tables.TryRemoveEverywhere(
            config.Addresses, _ => true, NodeLimits.IptablesTime, out int count, out string error);
        lines.Add(removed ? $"removed {count} iptables rules" : error);
        RouteSocket.TryOpen(out RouteSocket? route);
        using (route)
        {
            if (route is not null && !NodeLinks.TryRead(route, out NodeLinks links).IsError
                && links.Find(config.InterfaceName) is { Kind: NodeLinks.Dummy } stale)
            {
                bool gone = !route.RemoveLink(stale.Index).IsError;
                lines.Add(gone ? $"removed the dummy link {stale.Name}" : $"the dummy link {stale.Name} could not be removed");
                removed &= gone;
            }
        }

        return removed;
    }
}
