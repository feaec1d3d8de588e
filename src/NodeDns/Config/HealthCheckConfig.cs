using System;

namespace NodeDns.Config;

/// <summary>How forward probes an upstream.</summary>
/// <param name="Domain">The name asked for, with type NS.</param>
internal sealed record HealthCheckConfig(TimeSpan Interval, bool NoRecursion = false, string Domain = ".")
{
    public static HealthCheckConfig Default { get; } = new(TimeSpan.FromMilliseconds(500));
}
