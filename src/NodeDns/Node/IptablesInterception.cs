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

        // A kernel without xt_socket or xt_addrtype refuses the guarded rules, whatever the words it uses.
        string why = error;
        _isGuarded = false;
        if (!tables.TryEnsure(Rules, NodeLimits.IptablesTime, out _, out error))
        {
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

        // A socket that takes no new queries does not match its guard, but a listener of TCP matches until it is closed, and
        // queries of the node itself pass no such guard.
        bool IsQuery(string line) => IptablesRuleSet.IsQuery(line, Scope.DnsPort);
        if (!tables.TryReplace(
            Scope.Addresses, IsQuery, IptablesRuleSet.Draining(Scope, _isGuarded), NodeLimits.IptablesTimeAtEnd, out string error))
        {
            Warn(error);
        }
    }

    public void Remove()
    {
        if (!skipTeardown && !PortListeners.AnyOther(Scope.Addresses, Scope.DnsPort)
            && !tables.TryRemove(Scope.Addresses, _ => true, NodeLimits.IptablesTimeAtEnd, out _, out string error))
        {
            Warn(error);
        }
    }

    private void Warn(string error) =>
        log.Warning($"rules stay behind: {error}" + (_isGuarded ? "; without a listener they match nothing" : ""));
}
