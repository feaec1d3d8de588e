namespace NodeDns.Pipeline;

/// <summary>What became of a query for now.</summary>
internal readonly struct QueryOutcome
{
    private QueryOutcome(int length) => Length = length;

    /// <summary>Bytes of the reply that was written; 0 without one.</summary>
    public int Length { get; }

    public bool IsAnswered => Length > 0;

    public bool IsPending => Length < 0;

    /// <summary>Silence: garbage, or an access rule that says so.</summary>
    public static QueryOutcome Dropped => default;

    /// <summary>An upstream was asked; the reply goes out when it answers.</summary>
    public static QueryOutcome Pending => new(-1);

    public static QueryOutcome Answered(int length) => new(length);
}
