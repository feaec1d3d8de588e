namespace NodeDns.Config;

/// <summary>rewrite type: a question of one type is asked as another.</summary>
internal sealed record TypeRewriteConfig(bool Continue, SourceLocation Location, ushort From, ushort To)
    : RewriteRuleConfig(Continue, Location);
