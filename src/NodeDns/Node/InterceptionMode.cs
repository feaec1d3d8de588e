namespace NodeDns.Node;

/// <summary>How DNS to the ClusterIP is kept away from kube-proxy's rules.</summary>
internal enum InterceptionMode
{
    /// <summary>nftables, or iptables where that cannot be had.</summary>
    Auto,

    /// <summary>A table that the kernel removes with the process.</summary>
    Nft,

    /// <summary>node-cache's rules, which match only while somebody listens.</summary>
    Iptables,

    /// <summary>Not at all: only clients that ask the link-local address come here.</summary>
    None,
}
