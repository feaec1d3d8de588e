using NodeDns.Metrics;
using NodeDns.Pipeline;

namespace NodeDns.Listeners;

/// <summary>A query pipeline with room for a reply, borrowed by a connection while it has queries to handle.</summary>
/// <remarks>So thousands of idle connections share the buffers of the few that are busy.</remarks>
internal sealed class TcpPipeline
{
    public TcpPipeline(PipelineContext shared, QuestionStarter starter)
    {
        Counters = shared.Counters.Add();
        Queries = new QueryPipeline(shared, starter, Counters);
    }

    public QueryPipeline Queries { get; }

    public WorkerCounters Counters { get; }

    public byte[] Reply { get; } = new byte[PipelineLimits.TcpReplyBytes];

    /// <summary>A frame that lies across two buffers is put together here.</summary>
    public byte[] Request { get; } = new byte[PipelineLimits.TcpReplyBytes];
}
