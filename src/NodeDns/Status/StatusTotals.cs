namespace NodeDns.Status;

/// <summary>Counts since the start of the process; every question is in one of the first five.</summary>
internal sealed record StatusTotals
{
    /// <summary>How many of the counts the history keeps besides the latency.</summary>
    public const int Series = 5;

    /// <summary>Answered from the cache, not stale.</summary>
    public long Cached { get; init; }

    public long Stale { get; init; }

    /// <summary>Made or decided here: sources, filters, refusals.</summary>
    public long Local { get; init; }

    /// <summary>Answered by an upstream.</summary>
    public long Forwarded { get; init; }

    /// <summary>SERVFAIL.</summary>
    public long Failed { get; init; }

    public long Queries { get; init; }

    public long NoError { get; init; }

    public long NxDomain { get; init; }

    public long Refused { get; init; }

    public long OtherAnswers { get; init; }

    /// <summary>Decided by <c>deny</c>, <c>acl</c>, <c>ndots_filter</c> or <c>any</c>.</summary>
    public long Blocked { get; init; }

    public long Dropped { get; init; }

    /// <summary>Upper bounds of the latency's buckets in seconds; one more bucket is for all that took longer.</summary>
    public double[] LatencyBounds { get; init; } = [];

    /// <summary>Answers in each bucket, not cumulated.</summary>
    public long[] LatencyCounts { get; init; } = [];

    /// <summary>One row of the history: the five series in their order, then the latency.</summary>
    public long[] ToRow() => [Cached, Stale, Local, Forwarded, Failed, .. LatencyCounts];
}
