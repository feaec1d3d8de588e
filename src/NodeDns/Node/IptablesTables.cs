using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Netfilter;
using NodeDns.Metrics;

namespace NodeDns.Node;

/// <summary>Sets of rules in the iptables of both families: there or not, and one transaction to change that.</summary>
internal sealed class IptablesTables(IptablesProgram program, SetupCounters counters)
{
    private static readonly string[] s_tables = ["raw", "filter"];

    private static readonly string[] s_droppingRules =
        ["-A INPUT -j DROP", "-A OUTPUT -j DROP", "-A INPUT -j REJECT", "-A OUTPUT -j REJECT"];

    /// <summary>Adds those of the rules that are not there; <paramref name="added"/> says how many that were.</summary>
    public bool TryEnsure(ImmutableArray<IptablesRule> rules, TimeSpan deadline, out int added, out string error)
    {
        added = 0;
        error = "";
        foreach (IGrouping<bool, IptablesRule> family in rules.GroupBy(rule => rule.IsIPv6))
        {
            List<IptablesRule> missing = [];
            foreach (IptablesRule rule in family)
            {
                IptablesResult check = program.Check(rule, deadline);
                if (check.Outcome == IptablesOutcome.Refused)
                {
                    missing.Add(rule);
                }
                else if (!check.IsDone)
                {
                    return Fail(check, out error);
                }
            }

            if (missing.Count > 0)
            {
                string script = IptablesProgram.Script(missing.Select(rule => (rule.Table, rule.RestoreLine("-I"))));
                IptablesResult restored = program.Restore(family.Key, script, deadline);
                if (!restored.IsDone)
                {
                    return Fail(restored, out error);
                }

                added += missing.Count;
            }
        }

        return true;
    }

    /// <summary>
    /// Removes what node-cache or NodeDns ever wrote for these addresses, duplicates too, as far as the condition says yes
    /// to a rule's line. Without the program there is nothing to remove.
    /// </summary>
    public bool TryRemove(
        ImmutableArray<IPAddress> addresses, Func<string, bool> condition, TimeSpan deadline, out int removed, out string error)
    {
        removed = 0;
        error = "";
        foreach (bool isIPv6 in FamiliesOf(addresses))
        {
            List<(string Table, string Line)> lines = [];
            foreach (string table in s_tables)
            {
                IptablesResult listed = program.List(isIPv6, table, deadline);
                if (listed.Outcome == IptablesOutcome.Missing)
                {
                    break;
                }

                if (!listed.IsDone)
                {
                    return Fail(listed, out error);
                }

                lines.AddRange(IptablesRuleSet.OwnLines(listed.Text, addresses).Where(condition)
                    .Select(line => (table, "-D" + line["-A".Length..])));
            }

            IptablesResult restored = lines.Count == 0
                ? new IptablesResult(IptablesOutcome.Done, "")
                : program.Restore(isIPv6, IptablesProgram.Script(lines), deadline);
            if (!restored.IsDone)
            {
                return Fail(restored, out error);
            }

            removed += lines.Count;
        }

        return true;
    }

    /// <summary>Our rules as they stand, for the operator.</summary>
    public IEnumerable<string> OwnLines(ImmutableArray<IPAddress> addresses, TimeSpan deadline) =>
        from isIPv6 in FamiliesOf(addresses)
        from table in s_tables
        let listed = program.List(isIPv6, table, deadline)
        where listed.IsDone
        from line in IptablesRuleSet.OwnLines(listed.Text, addresses)
        select $"{(isIPv6 ? "ip6tables" : "iptables")} -t {table} {line}";

    /// <summary>Those of the addresses whose family has a filter that drops what no rule accepts.</summary>
    public ImmutableArray<IPAddress> Filtered(ImmutableArray<IPAddress> addresses, TimeSpan deadline)
    {
        bool[] drops = [.. FamiliesOf(addresses).Where(isIPv6 =>
            program.List(isIPv6, "filter", deadline) is { IsDone: true } listed && Drops(listed.Text))];
        return [.. addresses.Where(address => drops.Contains(address.AddressFamily == AddressFamily.InterNetworkV6))];
    }

    /// <summary>A policy of DROP, or a rule without conditions that drops or rejects.</summary>
    public static bool Drops(string filter) => filter.Split('\n').Select(line => line.TrimEnd()).Any(line =>
        line is "-P INPUT DROP" or "-P OUTPUT DROP"
        || s_droppingRules.Any(start => line.StartsWith(start, StringComparison.Ordinal)));

    private static IEnumerable<bool> FamiliesOf(ImmutableArray<IPAddress> addresses) =>
        addresses.Select(address => address.AddressFamily == AddressFamily.InterNetworkV6).Distinct();

    private bool Fail(IptablesResult result, out string error)
    {
        counters.Count(result.Outcome == IptablesOutcome.Locked ? SetupError.IptablesLock : SetupError.Iptables);
        error = result.Text;
        return false;
    }
}
