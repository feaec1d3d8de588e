namespace NodeDns.Load;

/// <summary>What happened since the counters were last cleared.</summary>
internal sealed class LoadTally
{
    public long Sent { get; set; }

    public long Answered { get; set; }

    /// <summary>Right id and question, but not the answer that was to come.</summary>
    public long Wrong { get; set; }

    /// <summary>Answers to nothing that was asked, or to what was given up already.</summary>
    public long Unmatched { get; set; }

    public long Lost { get; set; }

    public long Reconnects { get; set; }

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Of all that was sent: questions for unique names, which no cache can know.</summary>
    public long SentUnique { get; set; }

    public long AnsweredUnique { get; set; }

    public LatencyHistogram UniqueLatency { get; } = new();

    public void Clear()
    {
        Sent = 0;
        Answered = 0;
        Wrong = 0;
        Unmatched = 0;
        Lost = 0;
        Reconnects = 0;
        Latency.Clear();
        SentUnique = 0;
        AnsweredUnique = 0;
        UniqueLatency.Clear();
    }
}
