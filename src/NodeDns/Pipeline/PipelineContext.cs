using NodeDns.Cache;
using NodeDns.Metrics;
using NodeDns.Timing;
using NodeDns.Top;
using NodeDns.Upstreams;

namespace NodeDns.Pipeline;

/// <summary>What all pipelines of the process share.</summary>
internal sealed record PipelineContext(
    Clock Clock, AnswerCache Cache, InFlightTable InFlight, RefreshBackoff Backoff, CounterRegistry Counters,
    PendingRewrites Rewrites)
{
    /// <summary>Who counts names and clients while an operator looks.</summary>
    public TopWatch Top { get; init; } = new(Clock, parts: 1);
}
