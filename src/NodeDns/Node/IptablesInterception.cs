using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using NodeDns.Linux.Netfilter;
using NodeDns.Logging;

namespace NodeDns.Node;

/// <summary>node-cache's twelve rules for each address, with guards so that they match only while somebody listens.</summary>
/// <remarks>
/// The rules outlive a process that is killed, and then do nothing: no socket, no match, and the packet goes on to
/// kube-proxy's rules. While the process ends the guard does what <see cref="NotrackTable.Draining"/> does elsewhere: a
/// socket that takes no new queries does not match, a TCP connection that is still open does.
/// </remarks>
internal sealed class IptablesInterception(NotrackScope scope, IptablesTables tables, bool skipTeardown, Log log) : IInterception
{
    private bool _isGuarded = true;

    public string Description => _isGuarded
        ? $"{Rules.Length} iptables rules, which match only while somebody listens"
        : $"{Rules.Length} iptables rules without guards: they must not outlive this process";

    public NotrackScope Scope { get; private set; } = scope;

    public ImmutableArray<IptablesRule> Rules => IptablesRuleSet.For(Scope, _isGuarded);

    public bool TryInstall(out string error)
    {
        if (tables.TryEnsure(Rules, NodeLimits.IptablesTime, out _, out error))
        {
            return true;
        }

        // One family may have its rules and the other not. A kernel without xt_socket or xt_addrtype refuses the guarded
        // rules, whatever the words it uses; a lock that somebody holds says nothing about the kernel.
        IptablesOutcome failure = tables.LastFailure;
        Remove();
        if (failure is not (IptablesOutcome.Refused or IptablesOutcome.Failed))
        {
            return false;
        }

        string why = error;
        _isGuarded = false;
        if (!tables.TryEnsure(Rules, NodeLimits.IptablesTime, out _, out error))
        {
            Remove();
            _isGuarded = true;
            return false;
        }

        log.Warning($"rules without guards, as node-cache's: if this process is killed, DNS stops until it is back ({why})");
        return true;
    }

    public bool TryChange(NotrackScope scope, out string error)
    {
        ImmutableArray<IPAddress> dropped = [.. Scope.Addresses.Where(address => !scope.Addresses.Contains(address))];
        if (!tables.TryEnsure(IptablesRuleSet.For(scope, _isGuarded), NodeLimits.IptablesTime, out _, out error))
        {
            return false;
        }

        Scope = scope;
        return dropped.IsEmpty || PortListeners.AnyOther(dropped, scope.DnsPort)
            || tables.TryRemove(dropped, _ => true, NodeLimits.IptablesTime, out _, out error);
    }

    public IEnumerable<string> Missing() =>
        tables.TryFindMissing(Rules, new Deadline(NodeLimits.IptablesTime), out List<IptablesRule> missing, out string error)
            ? missing.Select(rule => $"{(rule.IsIPv6 ? "ip6tables" : "iptables")} -t {rule.Table} {rule.RestoreLine("-A")}")
            : [error];

    public int Repair()
    {
        if (!tables.TryEnsure(Rules, NodeLimits.IptablesTime, out int added, out string error))
        {
            log.Error($"cannot look after the rules: {error}");
        }

        return added;
    }

    public void StopRequests()
    {
        if (skipTeardown || PortListeners.AnyOther(Scope.Addresses, Scope.DnsPort))
        {
            // Another generation lives by the same rules.
            return;
        }

        // Queries of the node itself pass no socket guard. Those of pods over UDP pass one, but between the guard and the
        // socket a datagram could meet a socket that has just stopped taking any. TCP is left to the guard: connections that
        // are open match it, and new ones do until the listener is closed.
        Remove(line => line.Contains("--dport", StringComparison.Ordinal)
            && (line.StartsWith("-A OUTPUT", StringComparison.Ordinal)
                || (line.StartsWith("-A PREROUTING", StringComparison.Ordinal)
                    && (!_isGuarded || line.Contains("-p udp", StringComparison.Ordinal)))));
    }

    public void Remove()
    {
        if (!skipTeardown && !PortListeners.AnyOther(Scope.Addresses, Scope.DnsPort))
        {
            Remove(_ => true);
        }
    }

    private void Remove(Func<string, bool> condition)
    {
        if (!tables.TryRemove(Scope.Addresses, condition, NodeLimits.IptablesTimeAtEnd, out _, out string error))
        {
            log.Warning($"rules stay behind: {error}" + (_isGuarded ? "; without a listener they match nothing" : ""));
        }
    }
}
