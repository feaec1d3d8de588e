namespace NodeDns.Upstreams;

/// <summary>Whoever a connection's answers are for: a worker's inbox, or a probe.</summary>
internal interface IAnswerSink
{
    public void Post(in InboxItem item);
}
