namespace NodeDns.Metrics;

/// <summary>Who made an answer, CoreDNS's label <c>plugin</c>.</summary>
internal enum Answerer : byte
{
    /// <summary>An error made by the server itself.</summary>
    None,
    Cache,
    Forward,
    Hosts,
    Template,
    Whoami,
    Acl,
    Any,
    Deny,
    NdotsFilter,
    Dns64,

    /// <summary>localhost and invalid (RFC 6761).</summary>
    Local,
}
