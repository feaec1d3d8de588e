namespace NodeDns.Config;

/// <summary>rewrite ttl: the TTLs of answers for matching names are brought into a range (a single value: both ends).</summary>
internal sealed record TtlRewriteConfig(
    bool Continue,
    SourceLocation Location,
    NameMatch Match,
    string Name,
    uint MinTtl,
    uint MaxTtl) : RewriteRuleConfig(Continue, Location);
