namespace NodeDns.Upstreams;

/// <summary>The connections to one upstream: TCP, TLS or HTTPS.</summary>
internal interface IStreamUpstream
{
    /// <summary>Takes a query; its answer, or word of its loss, goes to the query's sink exactly once.</summary>
    public void Submit(in TcpQuery query);
}
