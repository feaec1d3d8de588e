using System.Collections.Generic;

namespace NodeDns.Status;

/// <summary>One zone of the Corefile as the status page shows it.</summary>
internal sealed record StatusZone
{
    public required string Zone { get; init; }

    public required IReadOnlyCollection<string> Forwards { get; init; }

    public long Queries { get; init; }

    public long Cached { get; init; }

    public long Failed { get; init; }
}
