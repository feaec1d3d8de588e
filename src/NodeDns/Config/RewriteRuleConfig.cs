namespace NodeDns.Config;

/// <summary>One rewrite rule.</summary>
/// <param name="Continue">Go on with the next rule after this one matched; else stop.</param>
internal abstract record RewriteRuleConfig(bool Continue, SourceLocation Location);
