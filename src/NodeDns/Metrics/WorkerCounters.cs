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
    public long RepliesDropped;
    public long UnexpectedErrors;

    public void CountRcode(ResponseCode rcode) => _rcodes[(int)rcode & 31]++;

    public long Rcode(ResponseCode rcode) => _rcodes[(int)rcode & 31];
}
