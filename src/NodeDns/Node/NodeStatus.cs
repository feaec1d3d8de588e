using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using NodeDns.Linux.Netfilter;
using NodeDns.Linux.Netlink;

namespace NodeDns.Node;

/// <summary>What stands on this node for our addresses, whoever put it there, and what is missing: for the operator's eyes.</summary>
internal static class NodeStatus
{
    public static string Describe(NodeConfig config, IptablesTables iptables)
    {
        StringBuilder text = new();
        AppendAddresses(text, config);
        AppendTables(text, config);
        string[] rules = [.. iptables.OwnLines(config.Addresses, NodeLimits.IptablesTime)];
        text.Append($"iptables: {rules.Length} rules\n");
        Array.ForEach(rules, rule => text.Append($"  {rule}\n"));
        return text.ToString();
    }

    private static void AppendAddresses(StringBuilder text, NodeConfig config)
    {
        NodeLinks links = new([], []);
        RouteSocket.TryOpen(out RouteSocket? route);
        using (route)
        {
            if (route is not null)
            {
                NodeLinks.TryRead(route, out links);
            }
        }

        text.Append("addresses:\n");
        foreach (IPAddress address in config.Addresses)
        {
            string[] holders = [.. links.Addresses.Where(one => one.Address.Equals(address))
                .Select(one => links.Find(one.LinkIndex)).OfType<RouteLink>().Select(Show)];
            text.Append($"  {address} {(holders.Length == 0 ? "MISSING" : "on " + string.Join(", ", holders))}\n");
        }
    }

    private static void AppendTables(StringBuilder text, NodeConfig config)
    {
        using NftablesContext? nft = NftablesContext.TryOpen(out string error);
        if (nft is null || !nft.TryRun("list tables inet\n", out string listing, out error))
        {
            text.Append($"nftables: {error}\n");
            return;
        }

        List<string> names = [.. listing.Split('\n').Select(line => line.Split(' '))
            .Where(words => words.Length == 3 && words[2].StartsWith(NotrackTable.NamePrefix, StringComparison.Ordinal))
            .Select(words => words[2])];
        string missing = names.Count == 0 && config.Interception == InterceptionMode.Nft ? " (MISSING)" : "";
        text.Append($"nftables: {names.Count} tables{missing}\n");
        foreach (string name in names)
        {
            nft.TryRun($"list table inet {name}\n", out string table, out _);
            text.Append("  ").Append(table.TrimEnd('\n').Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
        }
    }

    private static string Show(RouteLink link) =>
        $"{link.Name} ({(link.Kind.Length > 0 ? link.Kind : "no virtual link")}{(link.IsUp ? "" : ", DOWN")})";
}
