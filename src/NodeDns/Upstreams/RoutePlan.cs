using NodeDns.Cache;
using NodeDns.Metrics;
using NodeDns.Dnstap;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>How a zone's misses are answered: where they are sent and how the answers are kept.</summary>
/// <remarks>Immutable; a question in flight keeps the plan it began with when a reload brings a new one.</remarks>
internal abstract class RoutePlan
{
    /// <summary>Null without a <c>cache</c> directive.</summary>
    public abstract CachePlan? Cache { get; }

    public abstract ForwardPlan[] Forwards { get; }

    /// <summary>What is counted for the zone.</summary>
    public ZoneSeries Series { get; init; } = ZoneSeries.Unlisted;

    /// <summary>Who is told of queries to upstreams and their answers; null without <c>dnstap</c>.</summary>
    public abstract DnstapTap? Tap { get; }

    /// <summary>What is taken out of an answer before it is kept (<c>minimal</c>).</summary>
    public abstract CopyOptions CopyOptions { get; }

    /// <summary>Flags of the queries sent upstream (<c>header query</c>).</summary>
    public abstract HeaderFlags ShapeQuery(HeaderFlags flags);

    /// <summary>Changes that sit below the cache (<c>header</c>), made once on the message to be kept.</summary>
    public abstract void ShapeStored(System.Span<byte> message);
}
