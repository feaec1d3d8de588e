namespace NodeDns.Config;

/// <summary>One rule of header: set or clear a bit of the query or of the response.</summary>
internal sealed record HeaderRuleConfig(bool OnQuery, HeaderFlag Flag, bool Set);
