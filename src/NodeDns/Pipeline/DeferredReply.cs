using System;
using NodeDns.Cache;
using NodeDns.Metrics;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Writes the reply of a client that waited.</summary>
internal static class DeferredReply
{
    /// <summary>Copies the answer into the client's buffer and finishes it there; returns the reply's length.</summary>
    public static int Compose(
        in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, CachedAnswer answer, in ReplyCause cause,
        PipelineContext shared, WorkerCounters counters, Span<byte> reply)
    {
        if (message.Length > reply.Length)
        {
            // Longer than this transport takes: header and question alone, to be sent with TC.
            answer.IsOversized = true;
            int questionEnd = DomainName.TrySkip(message, WireLimits.HeaderLength, out int end) ? end + 4 : message.Length;
            message = message[..Math.Min(questionEnd, reply.Length)];
        }

        message.CopyTo(reply);
        answer.Length = message.Length;
        ReplyTarget target = new(waiter, waiter.Case);
        ZonePlan zone = (ZonePlan)route;
        ReplyRules rules = zone.Reply;
        int length = shared.Rewrites.Take(waiter.Rewrite) is { } rewrite
            ? rewrite.Finish(reply, target, answer, cause, rules)
            : ReplyComposer.Finish(
                reply, target, answer, cause, rules, cause.IsOurBound ? FullText.OfForwarding : default);
        long now = shared.Clock.NowMicroseconds;
        ReplyCount.Deferred(counters, waiter, answer, now, reply[..length]);
        zone.Logs?.OnReply(reply[..length], new RepliedQuery(waiter, now), cause);
        return length;
    }
}
