using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Cache;
using NodeDns.Linux.Sockets;
using NodeDns.Listeners;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>Queries of the control socket: they go the way of all queries, and their replies come back here.</summary>
/// <remarks>
/// Stands before the table of TCP clients. Handles of those and numbers of listeners are positive: a negative one is a query
/// of ours. So nothing is added to the way of a hit. What such a query counts, it counts for itself: an operator's look changes no figure.
/// </remarks>
internal sealed class ExplainedQueries : IReplySink
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<ExplainedReply>> _waiting = new();
    private readonly IReplySink _others;
    private readonly PipelineContext _shared;
    private readonly QuestionStarter _starter;
    private int _lastHandle = int.MinValue;

    public ExplainedQueries(PipelineContext shared, QuestionStarter starter, IReplySink others)
    {
        _shared = shared;
        _starter = starter;
        _others = others;
    }

    public void Reply(
        in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer, in ReplyCause cause)
    {
        if (waiter.Via >= 0)
        {
            _others.Reply(waiter, route, message, answer, cause);
            return;
        }

        byte[] reply = new byte[PipelineLimits.TcpReplyBytes];
        int length = DeferredReply.Compose(waiter, route, message, answer, cause, _shared, new WorkerCounters(), reply);
        if (_waiting.TryRemove(waiter.Via, out TaskCompletionSource<ExplainedReply>? source))
        {
            source.TrySetResult(new ExplainedReply(reply[..length], answer, cause.Culprit));
        }
    }

    /// <summary>
    /// Hands a query to the pipeline as if a client had sent it. The task ends with the reply when an upstream had to
    /// be asked; null when the reply is in <paramref name="reply"/> already.
    /// </summary>
    public Task<ExplainedReply>? Begin(
        ReadOnlySpan<byte> query, ZoneTable zones, in PeerAddress client, bool isTcp, out byte[] reply,
        out WorkerCounters counters)
    {
        CounterRegistry own = new();
        TcpPipeline pipeline = new(_shared with { Counters = own }, _starter);
        counters = pipeline.Counters;
        int handle = Interlocked.Increment(ref _lastHandle) | int.MinValue;
        TaskCompletionSource<ExplainedReply> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[handle] = source;
        long receivedAt = _shared.Clock.NowMicroseconds;
        ClientContext context = new(in client, default, handle, isTcp, receivedAt);
        QueryOutcome outcome = pipeline.Queries.Process(
            query, pipeline.Reply, context, zones, receivedAt / 1000);
        if (outcome.IsPending)
        {
            reply = [];
            return Expire(handle, source.Task);
        }

        _waiting.TryRemove(handle, out _);
        reply = outcome.IsAnswered ? pipeline.Reply[..outcome.Length] : [];
        return null;
    }

    private async Task<ExplainedReply> Expire(int handle, Task<ExplainedReply> reply)
    {
        try
        {
            return await reply.WaitAsync(ControlLimits.QueryTime);
        }
        finally
        {
            _waiting.TryRemove(handle, out _);
        }
    }
}
