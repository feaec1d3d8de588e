namespace NodeDns.Config;

/// <summary>rewrite class: a question of one class is asked as another.</summary>
internal sealed record ClassRewriteConfig(bool Continue, SourceLocation Location, ushort From, ushort To)
    : RewriteRuleConfig(Continue, Location);
