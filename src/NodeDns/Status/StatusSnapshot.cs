using System.Collections.Generic;
using NodeDns.Logging;

namespace NodeDns.Status;

/// <summary>All that the status page shows, at one moment; the history comes on top.</summary>
internal sealed record StatusSnapshot
{
    public required string Version { get; init; }

    /// <summary>The node's or the machine's name.</summary>
    public required string Node { get; init; }

    public double UptimeSeconds { get; init; }

    public required StatusTotals Totals { get; init; }

    /// <summary>The names of the parts that are not ready; none when ready.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    public string ConfigSource { get; init; } = "";

    public string ConfigHash { get; init; } = "";

    public double ConfigAgeSeconds { get; init; }

    public long Reloads { get; init; }

    public long ReloadsFailed { get; init; }

    public bool LastReloadFailed { get; init; }

    public long CacheEntries { get; init; }

    public long CacheBudgetBytes { get; init; }

    public long InFlight { get; init; }

    public long TcpConnections { get; init; }

    public bool InterceptionIsWanted { get; init; }

    public bool InterceptionIsInPlace { get; init; }

    public string InterceptionText { get; init; } = "";

    public IReadOnlyList<StatusUpstream> Upstreams { get; init; } = [];

    public IReadOnlyList<StatusZone> Zones { get; init; } = [];

    public IReadOnlyList<RecentError> RecentErrors { get; init; } = [];
}
