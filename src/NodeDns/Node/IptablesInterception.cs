using System;
using System.Collections.Immutable;
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

    public ImmutableArray<IptablesRule> Rules => IptablesRuleSet.For(scope, _isGuarded);

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
        if (skipTeardown)
        {
            return;
        }

        // Queries of the node itself pass no socket guard; those of pods do.
        Remove(line => line.Contains("--dport", StringComparison.Ordinal)
            && (line.StartsWith("-A OUTPUT", StringComparison.Ordinal)
                || (!_isGuarded && line.StartsWith("-A PREROUTING", StringComparison.Ordinal))));
    }

    public void Remove()
    {
        if (!skipTeardown)
        {
            Remove(_ => true);
        }
    }

    private void Remove(Func<string, bool> condition)
    {
        if (PortListeners.AnyOther(scope.Addresses, scope.DnsPort))
        {
            // Another generation lives by the same rules.
            return;
        }

        if (!tables.TryRemove(scope.Addresses, condition, NodeLimits.IptablesTimeAtEnd, out _, out string error))
        {
            log.Warning($"rules stay behind: {error}" + (_isGuarded ? "; without a listener they match nothing" : ""));
        }
    }
}
