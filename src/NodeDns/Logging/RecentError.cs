namespace NodeDns.Logging;

/// <summary>One kind of trouble: its text, how often, when last, and for which name where names may be kept.</summary>
internal sealed record RecentError(LogLevel Level, string Text, long Count, double SecondsAgo, string? Name);
