using NodeDns.Upstreams.Streams;

namespace NodeDns.Upstreams;

/// <summary>The connections to one upstream: TCP, TLS or HTTPS.</summary>
internal interface IStreamUpstream
{
    /// <summary>Takes a query; its answer, or word of its loss, goes to the query's sink exactly once.</summary>
    /// <returns>The number of the connection that took it, for <see cref="StreamQuery.Avoid"/>; 0 when it has none.</returns>
    public int Submit(in StreamQuery query);

    /// <summary>Takes what the operator wants now; connections opened from here on follow it.</summary>
    public void Apply(StreamRules rules);
}
