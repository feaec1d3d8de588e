namespace NodeDns.Config;

/// <summary>rewrite rcode: for matching names one response code becomes another.</summary>
internal sealed record RcodeRewriteConfig(
    bool Continue,
    SourceLocation Location,
    NameMatch Match,
    string Name,
    ushort From,
    ushort To) : RewriteRuleConfig(Continue, Location);
