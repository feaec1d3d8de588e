using NodeDns.Pipeline;

namespace NodeDns.Listeners;

/// <summary>A query pipeline with room for a reply, borrowed by a connection while it has queries to handle.</summary>
/// <remarks>So thousands of idle connections share the buffers of the few that are busy.</remarks>
internal sealed class TcpPipeline(PipelineContext shared, QuestionStarter starter)
{
    public QueryPipeline Queries { get; } = new(shared, starter);

    public byte[] Reply { get; } = new byte[PipelineLimits.TcpReplyBytes];

    /// <summary>A frame that lies across two buffers is put together here.</summary>
    public byte[] Request { get; } = new byte[PipelineLimits.TcpReplyBytes];
}
