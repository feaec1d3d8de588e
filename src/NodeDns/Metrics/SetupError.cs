namespace NodeDns.Metrics;

/// <summary>The kinds of errors of the set-up of a node.</summary>
internal enum SetupError
{
    Iptables,
    IptablesLock,
    InterfaceAdd,
    InterfaceCheck,
    ConfigMap,
    Nftables,
}
