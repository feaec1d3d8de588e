using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>What one thread counts. Only that thread writes; a scrape reads whatever stands there.</summary>
/// <remarks>Plain additions to memory no other core writes: counting takes no interlocked operation on any hit.</remarks>
internal sealed class WorkerCounters
{
    private readonly long[] _rcodes = new long[32];

    public long Queries;
    public long Hits;
    public long DenialHits;
    public long FailureHits;
    public long StaleHits;
    public long Misses;
    public long Coalesced;
    public long Prefetches;
    public long LocalAnswers;
    public long Filtered;
    public long Ignored;
    public long InFlightFull;

    /// <summary>Misses turned away because their client holds its share of the in-flight table.</summary>
    public long ClientShareFull;

    /// <summary>Misses turned away because too many wait for the same question.</summary>
    public long QuestionShareFull;
    public long RepliesDropped;
    public long UnexpectedErrors;

    /// <summary>Counts a miss turned away at a bound: the client's, the question's, or the process's.</summary>
    public void CountRefused(bool isOfClient, bool isOfQuestion)
    {
        ref long counter = ref isOfClient ? ref ClientShareFull : ref isOfQuestion ? ref QuestionShareFull : ref InFlightFull;
        counter++;
    }

    public void CountRcode(ResponseCode rcode) => _rcodes[(int)rcode & 31]++;

    public long Rcode(ResponseCode rcode) => _rcodes[(int)rcode & 31];
}
