namespace NodeDns.Linux.Netfilter;

/// <summary>What a rule is for.</summary>
public enum IptablesRuleRole
{
    /// <summary>Keeps queries from pods out of conntrack.</summary>
    PodRequest,

    /// <summary>Keeps queries and probes of the node itself out of conntrack.</summary>
    NodeRequest,

    /// <summary>Keeps our replies out of conntrack.</summary>
    Reply,

    /// <summary>Lets DNS through a filter that drops by default.</summary>
    Accept,
}
