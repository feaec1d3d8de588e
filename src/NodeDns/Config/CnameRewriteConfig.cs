namespace NodeDns.Config;

/// <summary>rewrite cname: a CNAME whose target matches points elsewhere, and that name is resolved instead.</summary>
internal sealed record CnameRewriteConfig(
    bool Continue,
    SourceLocation Location,
    NameMatch Match,
    string From,
    string To) : RewriteRuleConfig(Continue, Location);
