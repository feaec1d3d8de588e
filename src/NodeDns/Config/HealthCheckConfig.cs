using System;

namespace NodeDns.Config;

/// <summary>How forward probes an upstream.</summary>
/// <param name="Domain">The name asked for; null: the SOA of the zone that is forwarded, or the root's NS.</param>
internal sealed record HealthCheckConfig(TimeSpan Interval, bool NoRecursion = false, string? Domain = null)
{
    public static HealthCheckConfig Default { get; } = new(TimeSpan.FromMilliseconds(500));
}
