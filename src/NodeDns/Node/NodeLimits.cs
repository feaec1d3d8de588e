using System;

namespace NodeDns.Node;

/// <summary>Every bound of the node set-up in one place.</summary>
internal static class NodeLimits
{
    /// <summary>One run of iptables at start and in the reconcile loop, its wait for the xtables lock included.</summary>
    public static readonly TimeSpan IptablesTime = TimeSpan.FromSeconds(5);

    /// <summary>The same at the end, where all of it has to fit into five seconds.</summary>
    public static readonly TimeSpan IptablesTimeAtEnd = TimeSpan.FromSeconds(1);

    /// <summary>How long the end waits for a reconcile under way.</summary>
    public static readonly TimeSpan ReconcileAtEnd = TimeSpan.FromMilliseconds(500);

    /// <summary>Changes come in bursts; one look at the node covers a burst.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    /// <summary>Devices of one name (nodelocaldns, nodelocaldns2, ...): generations that may stand side by side.</summary>
    public const int Generations = 9;
}
