using System.Collections.Generic;

namespace NodeDns.Status;

/// <summary>One upstream as the status page shows it.</summary>
internal sealed record StatusUpstream
{
    public required string Address { get; init; }

    /// <summary>dns, tls or https.</summary>
    public required string Transport { get; init; }

    /// <summary>up, suspect or down.</summary>
    public required string State { get; init; }

    /// <summary>How long it has been down; null otherwise.</summary>
    public double? StateSeconds { get; init; }

    /// <summary>Smoothed; null before the first answer.</summary>
    public double? RttSeconds { get; init; }

    public required IReadOnlyCollection<string> Zones { get; init; }

    public long Queries { get; init; }

    public long Answers { get; init; }

    public long Timeouts { get; init; }

    public long NetworkErrors { get; init; }

    public long Malformed { get; init; }

    public long ConnectionsLost { get; init; }
}
