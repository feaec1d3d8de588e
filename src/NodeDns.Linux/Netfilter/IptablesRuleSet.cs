using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Net;

namespace NodeDns.Linux.Netfilter;

/// <summary>The rules that node-cache 1.26.8 keeps for each of its addresses, twelve for each, in its order.</summary>
/// <remarks>
/// With guards a NOTRACK rule matches only while somebody listens: <c>-m socket</c> where the hook allows it, and where it
/// does not (OUTPUT), while the address is this node's own. Then a process that was killed leaves rules that do nothing.
/// </remarks>
public static class IptablesRuleSet
{
    private static readonly string[] s_socket = ["-m", "socket"];
    private static readonly string[] s_anySocket = ["-m", "socket", "--nowildcard"];
    private static readonly string[] s_toLocal = ["-m", "addrtype", "--dst-type", "LOCAL"];

    public static ImmutableArray<IptablesRule> For(NotrackScope scope, bool isGuarded) =>
        [.. scope.Addresses.SelectMany(address => For(address, scope, isGuarded))];

    /// <summary>The four of the twelve that let DNS through a filter.</summary>
    public static ImmutableArray<IptablesRule> AcceptOnly(NotrackScope scope) =>
        [.. For(scope, isGuarded: false).Where(rule => rule.Role == IptablesRuleRole.Accept)];

    /// <summary>
    /// Of the lines of <c>iptables -t TABLE -S</c>, those that node-cache or NodeDns wrote for one of the addresses, of
    /// whatever version and with or without guards.
    /// </summary>
    public static ImmutableArray<string> OwnLines(string listing, ImmutableArray<IPAddress> addresses) =>
        [.. listing.Split('\n').Where(line => IsOwn(line, addresses))];

    /// <summary>A NOTRACK rule for requests that matches whether somebody listens or not: node-cache's own form.</summary>
    public static bool IsUnguardedRequest(string line) =>
        line.Contains(IptablesRule.SkipConntrack, StringComparison.Ordinal)
        && line.Contains(" --dport ", StringComparison.Ordinal)
        && !line.Contains("-m socket", StringComparison.Ordinal)
        && !line.Contains("-m addrtype", StringComparison.Ordinal);

    private static bool IsOwn(string line, ImmutableArray<IPAddress> addresses) =>
        line.StartsWith("-A ", StringComparison.Ordinal)
        && (line.Contains($"\"{IptablesRule.SkipConntrack}\"", StringComparison.Ordinal)
            || line.Contains($"\"{IptablesRule.AllowTraffic}\"", StringComparison.Ordinal))
        && addresses.Any(address => line.Contains($" {address}/", StringComparison.Ordinal));

    private static ImmutableArray<IptablesRule> For(IPAddress address, NotrackScope scope, bool isGuarded)
    {
        string ip = address.ToString();
        string dns = scope.DnsPort.ToString(CultureInfo.InvariantCulture);
        string health = scope.HealthPort.ToString(CultureInfo.InvariantCulture);
        string[] socket = !isGuarded ? [] : scope.HasWildcardListeners ? s_anySocket : s_socket;
        string[] local = isGuarded ? s_toLocal : [];

        IptablesRule Notrack(string chain, string protocol, string[] match, string[] guard, IptablesRuleRole role) => new(
            address, "raw", chain,
            ["-p", protocol, .. match, .. guard, "-j", "NOTRACK", "-m", "comment", "--comment", IptablesRule.SkipConntrack],
            role);

        IptablesRule Accept(string chain, string protocol, string[] match) => new(
            address, "filter", chain,
            ["-p", protocol, .. match, "-j", "ACCEPT", "-m", "comment", "--comment", IptablesRule.AllowTraffic],
            IptablesRuleRole.Accept);

        string[] toDns = ["-d", ip, "--dport", dns];
        string[] fromDns = ["-s", ip, "--sport", dns];
        return
        [
            Notrack("PREROUTING", "tcp", toDns, socket, IptablesRuleRole.PodRequest),
            Notrack("PREROUTING", "udp", toDns, socket, IptablesRuleRole.PodRequest),
            Accept("INPUT", "tcp", toDns),
            Accept("INPUT", "udp", toDns),
            Notrack("OUTPUT", "tcp", fromDns, [], IptablesRuleRole.Reply),
            Notrack("OUTPUT", "udp", fromDns, [], IptablesRuleRole.Reply),
            Accept("OUTPUT", "tcp", fromDns),
            Accept("OUTPUT", "udp", fromDns),
            Notrack("OUTPUT", "tcp", toDns, local, IptablesRuleRole.NodeRequest),
            Notrack("OUTPUT", "udp", toDns, local, IptablesRuleRole.NodeRequest),
            Notrack("OUTPUT", "tcp", ["-d", ip, "--dport", health], local, IptablesRuleRole.NodeRequest),
            Notrack("OUTPUT", "tcp", ["-s", ip, "--sport", health], [], IptablesRuleRole.Reply),
        ];
    }
}
