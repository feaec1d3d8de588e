namespace NodeDns.Cache;

/// <summary>Which TTL a cached answer shows.</summary>
/// <param name="StaleTtlSeconds">TTL of an answer past its own (RFC 8767 §4 recommends 30).</param>
/// <param name="KeepOriginal">Always show the stored TTL (<c>keepttl</c>).</param>
internal readonly record struct TtlPolicy(uint StaleTtlSeconds, bool KeepOriginal);
