using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NodeDns.Linux.Netfilter;

/// <summary>The nftables table of one process in nft's language: how it is made, and how it stops taking new queries.</summary>
/// <remarks>
/// An untracked packet never meets kube-proxy's DNAT rules, so it reaches the ClusterIP on this node's own device. Chains:
/// <c>prerouting</c> and <c>output</c> for what pods and the node itself send to us, <c>replies</c> for what we send.
/// </remarks>
public sealed record NotrackTable(string Name, NotrackScope Scope)
{
    public const string NamePrefix = "nodedns-";

    private const string Comment = "comment \"NodeLocal DNS Cache: skip conntrack\"";

    /// <summary>Clients with an open TCP connection are remembered this long after their last segment.</summary>
    private const string StreamTimeout = "1m";

    public static string NameFor(int processId) => $"{NamePrefix}{processId}";

    /// <summary>The whole table, one transaction.</summary>
    public string Definition()
    {
        StringBuilder text = new();
        text.Append($"table inet {Name} {{\n  flags owner\n");
        foreach (Family family in Families())
        {
            // Which TCP segments belong to connections that we took; see Draining.
            text.Append($"  set {family.Streams} {{\n    type {family.AddressType} . inet_service\n    size 65536\n")
                .Append($"    flags dynamic,timeout\n    timeout {StreamTimeout}\n  }}\n");
        }

        Chain(text, "prerouting", "prerouting");
        AppendRequests(text, "    ", isOutput: false);
        text.Append("  }\n");
        Chain(text, "output", "output");
        AppendRequests(text, "    ", isOutput: true);
        text.Append("  }\n");
        Chain(text, "replies", "output");
        foreach (Family family in Families())
        {
            text.Append($"    {family.Word} saddr {family.Addresses} meta l4proto {{ tcp, udp }} th sport {Scope.DnsPort} counter notrack {Comment}\n");
            text.Append($"    {family.Word} saddr {family.Addresses} tcp sport {Scope.HealthPort} notrack {Comment}\n");
        }

        return text.Append("  }\n}\n").ToString();
    }

    /// <summary>
    /// Leaves every new query to kube-proxy, in one transaction, while what was begun here ends here: segments of TCP
    /// connections that we took stay untracked, and so do our replies.
    /// </summary>
    /// <remarks>
    /// A tracked reply would open a conntrack entry that takes its client's next queries past the DNAT rules to an address
    /// that is about to go; a tracked segment in mid-stream would be taken for a new connection and sent to kube-dns.
    /// </remarks>
    public string Draining()
    {
        StringBuilder text = new();
        foreach (string chain in new[] { "prerouting", "output" })
        {
            text.Append($"flush chain inet {Name} {chain}\n");
            foreach (Family family in Families())
            {
                text.Append($"add rule inet {Name} {chain} {family.Word} daddr {family.Addresses} tcp dport {Scope.DnsPort} ")
                    .Append($"{family.Word} saddr . tcp sport @{family.Streams} notrack {Comment}\n");
            }
        }

        return text.ToString();
    }

    private static void Chain(StringBuilder text, string name, string hook) =>
        text.Append($"  chain {name} {{\n    type filter hook {hook} priority raw; policy accept;\n");

    private void AppendRequests(StringBuilder text, string indent, bool isOutput)
    {
        foreach (Family family in Families())
        {
            string to = $"{indent}{family.Word} daddr {family.Addresses}";
            text.Append($"{to} udp dport {Scope.DnsPort} counter notrack {Comment}\n");

            // Two rules: when the set is full the first ends without a verdict, and the second still counts.
            text.Append($"{to} tcp dport {Scope.DnsPort} update @{family.Streams} {{ {family.Word} saddr . tcp sport }}\n");
            text.Append($"{to} tcp dport {Scope.DnsPort} counter notrack {Comment}\n");
            if (isOutput)
            {
                text.Append($"{to} tcp dport {Scope.HealthPort} notrack {Comment}\n");
            }
        }
    }

    private ImmutableArray<Family> Families()
    {
        ImmutableArray<Family>.Builder families = ImmutableArray.CreateBuilder<Family>();
        if (Scope.Of(AddressFamily.InterNetwork) is { IsEmpty: false } four)
        {
            families.Add(new Family("ip", "ipv4_addr", "streams4", Set(four)));
        }

        if (Scope.Of(AddressFamily.InterNetworkV6) is { IsEmpty: false } six)
        {
            families.Add(new Family("ip6", "ipv6_addr", "streams6", Set(six)));
        }

        return families.ToImmutable();
    }

    private static string Set(ImmutableArray<IPAddress> addresses) => $"{{ {string.Join(", ", addresses)} }}";

    private sealed record Family(string Word, string AddressType, string Streams, string Addresses);
}
