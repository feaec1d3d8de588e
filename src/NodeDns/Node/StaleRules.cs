using System;
using NodeDns.Logging;

namespace NodeDns.Node;

/// <summary>
/// Rules of a node-cache or NodeDns that was killed, which keep this node from any DNS. While somebody still listens they are
/// somebody's, and wait until nobody does.
/// </summary>
internal sealed class StaleRules(NodeConfig config, IptablesTables iptables, Log log)
{
    private bool _isWaiting;

    /// <summary>Removes those that the condition says yes to, or remembers that there may be some.</summary>
    public void Remove(Func<string, bool> isStale)
    {
        if (config.Interception == InterceptionMode.None || config.SkipTeardown)
        {
            return;
        }

        _isWaiting = PortListeners.AnyOther(config.Addresses, config.DnsPort);
        if (_isWaiting)
        {
            log.Info("another process listens on these addresses: both serve until one of them ends");
            return;
        }

        if (!iptables.TryRemoveEverywhere(config.Addresses, isStale, NodeLimits.IptablesTime, out int removed, out string error))
        {
            _isWaiting = true;
            log.Warning($"cannot look for rules that an earlier process left: {error}");
        }
        else if (removed > 0)
        {
            log.Info($"removed {removed} rules that an earlier node-cache or NodeDns left behind");
        }
    }

    /// <summary>The same later, when that could not be done at the start.</summary>
    public void RemoveWhenAlone(Func<string, bool> isStale)
    {
        if (_isWaiting && !PortListeners.AnyOther(config.Addresses, config.DnsPort))
        {
            Remove(isStale);
        }
    }
}
