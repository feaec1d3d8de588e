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

    private IptablesBackends? _backends;

    /// <summary>Why the last thing that failed did.</summary>
    public IptablesOutcome LastFailure { get; private set; }

    /// <summary>Looked at when first needed: before that nothing of the node is asked.</summary>
    private IptablesBackends Backends => _backends ??= IptablesBackends.Find(program, NodeLimits.IptablesTime);

    /// <summary>Adds those of the rules that are not there; <paramref name="added"/> says how many that were.</summary>
    public bool TryEnsure(ImmutableArray<IptablesRule> rules, TimeSpan deadline, out int added, out string error)
    {
        added = 0;
        Deadline end = new(deadline);
        IptablesProgram used = Backends.Used;
        foreach (IGrouping<bool, IptablesRule> family in rules.GroupBy(rule => rule.IsIPv6))
        {
            if (!TryFindMissing(family, end, out List<IptablesRule> missing, out error))
            {
                return false;
            }

            if (missing.Count > 0)
            {
                string script = IptablesProgram.Script(missing.Select(rule => (rule.Table, rule.RestoreLine("-I"))));
                IptablesResult restored = InTime(end, left => used.Restore(family.Key, script, left));
                if (!restored.IsDone)
                {
                    return Fail(restored, out error);
                }

                added += missing.Count;
            }
        }

        error = "";
        return true;
    }

    /// <summary>Those of the rules that are not there, asked with -C; false when the question could not be asked.</summary>
    public bool TryFindMissing(
        IEnumerable<IptablesRule> rules, Deadline end, out List<IptablesRule> missing, out string error)
    {
        missing = [];
        foreach (IptablesRule rule in rules)
        {
            IptablesResult check = InTime(end, left => Backends.Used.Check(rule, left));
            if (check.Outcome == IptablesOutcome.Refused)
            {
                missing.Add(rule);
            }
            else if (!check.IsDone)
            {
                return Fail(check, out error);
            }
        }

        error = "";
        return true;
    }

    /// <summary>
    /// Removes what node-cache or NodeDns ever wrote for these addresses, duplicates too, as far as the condition says yes
    /// to a rule's line. Without the program there is nothing to remove.
    /// </summary>
    public bool TryRemove(
        ImmutableArray<IPAddress> addresses, Func<string, bool> condition, TimeSpan deadline, out int removed, out string error) =>
        TryRemove(Backends.Used, addresses, condition, new Deadline(deadline), out removed, out error);

    /// <summary>The same in both of the kernel's sets: node-cache may have used the other one.</summary>
    public bool TryRemoveEverywhere(
        ImmutableArray<IPAddress> addresses, Func<string, bool> condition, TimeSpan deadline, out int removed, out string error)
    {
        removed = 0;
        error = "";
        Deadline end = new(deadline);
        foreach (IptablesProgram one in Backends.Others.Insert(0, Backends.Used))
        {
            if (!TryRemove(one, addresses, condition, end, out int here, out error))
            {
                return false;
            }

            removed += here;
        }

        return true;
    }

    private bool TryRemove(
        IptablesProgram used, ImmutableArray<IPAddress> addresses, Func<string, bool> condition, Deadline end, out int removed,
        out string error)
    {
        removed = 0;
        error = "";
        foreach (bool isIPv6 in FamiliesOf(addresses))
        {
            List<(string Table, string Line)> lines = [];
            foreach (string table in s_tables)
            {
                IptablesResult listed = InTime(end, left => used.List(isIPv6, table, left));
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
                : InTime(end, left => used.Restore(isIPv6, IptablesProgram.Script(lines), left));
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
        from used in Backends.Others.Insert(0, Backends.Used)
        from isIPv6 in FamiliesOf(addresses)
        from table in s_tables
        let listed = used.List(isIPv6, table, deadline)
        where listed.IsDone
        from line in IptablesRuleSet.OwnLines(listed.Text, addresses)
        select $"{used.Name(isIPv6)} -t {table} {line}";

    /// <summary>Those of the addresses whose family has a filter that drops what no rule accepts.</summary>
    public ImmutableArray<IPAddress> Filtered(ImmutableArray<IPAddress> addresses, TimeSpan deadline)
    {
        bool[] drops = [.. FamiliesOf(addresses).Where(isIPv6 =>
            Backends.Used.List(isIPv6, "filter", deadline) is { IsDone: true } listed && Drops(listed.Text))];
        return [.. addresses.Where(address => drops.Contains(address.AddressFamily == AddressFamily.InterNetworkV6))];
    }

    /// <summary>A policy of DROP, or a rule without conditions that drops or rejects.</summary>
    public static bool Drops(string filter) => filter.Split('\n').Select(line => line.TrimEnd()).Any(line =>
        line is "-P INPUT DROP" or "-P OUTPUT DROP"
        || s_droppingRules.Any(start => line.StartsWith(start, StringComparison.Ordinal)));

    private static IEnumerable<bool> FamiliesOf(ImmutableArray<IPAddress> addresses) =>
        addresses.Select(address => address.AddressFamily == AddressFamily.InterNetworkV6).Distinct();

    /// <summary>Runs a step with what is left of the time, or not at all.</summary>
    private static IptablesResult InTime(Deadline end, Func<TimeSpan, IptablesResult> run) => end.Left is { } left && left > TimeSpan.Zero
        ? run(left)
        : new IptablesResult(IptablesOutcome.Late, $"iptables was not done after {end.Within.TotalSeconds} s");

    private bool Fail(IptablesResult result, out string error)
    {
        counters.Count(result.Outcome == IptablesOutcome.Locked ? SetupError.IptablesLock : SetupError.Iptables);
        LastFailure = result.Outcome;
        error = result.Text;
        return false;
    }
}
