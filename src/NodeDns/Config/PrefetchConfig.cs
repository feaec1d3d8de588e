using System;

namespace NodeDns.Config;

/// <summary>Refresh before expiry what was asked for <paramref name="Amount"/> times with gaps of at most
/// <paramref name="Duration"/>, once at most <paramref name="Percentage"/> percent of the TTL is left.</summary>
internal sealed record PrefetchConfig(int Amount, TimeSpan Duration, int Percentage);
