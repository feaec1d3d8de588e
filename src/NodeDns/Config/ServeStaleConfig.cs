using System;

namespace NodeDns.Config;

/// <summary>serve_stale with all of CoreDNS 1.14.7's options; null where the operator left the choice to the server.</summary>
/// <param name="Duration">How long after expiry an entry may still be served.</param>
/// <param name="ResponseTtl">TTL in seconds put on stale answers; null is the server's own default.</param>
/// <param name="FailureRecheck">After a failed refresh, no new attempt within this time.</param>
/// <param name="PreferPositive">serve_stale_policy prefer_positive: a denial does not displace a usable positive answer.</param>
internal sealed record ServeStaleConfig(
    TimeSpan Duration,
    ServeStaleMode Mode = ServeStaleMode.ClientTimer,
    TimeSpan? VerifyTimeout = null,
    uint? ResponseTtl = null,
    TimeSpan? FailureRecheck = null,
    bool PreferPositive = false);
