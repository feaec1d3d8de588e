using System;
using System.Collections.Immutable;
using System.Net;
using NodeDns.Linux.Netfilter;

namespace NodeDns.Node;

/// <summary>What the command line asks to be done to this node.</summary>
internal sealed record NodeConfig
{
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    public int DnsPort { get; init; } = 53;

    public int HealthPort { get; init; } = 8080;

    public string InterfaceName { get; init; } = "nodelocaldns";

    public InterfaceMode Interface { get; init; }

    public InterceptionMode Interception { get; init; }

    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Leave the addresses and rules that can outlive the process where they are.</summary>
    public bool SkipTeardown { get; init; }

    /// <summary>Without -localip this node is not touched.</summary>
    public bool IsWanted => !Addresses.IsEmpty && (Interface != InterfaceMode.None || Interception != InterceptionMode.None);

    public NotrackScope ScopeOf(ImmutableArray<IPAddress> addresses) => new(addresses, DnsPort, HealthPort);
}
