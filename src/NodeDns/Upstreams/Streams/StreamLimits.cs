namespace NodeDns.Upstreams.Streams;

/// <summary>Every bound of connections to upstreams in one place.</summary>
internal static class StreamLimits
{
    /// <summary>Connections to one upstream at one time, those being dialled and those that end included.</summary>
    public const int MaxConnections = 8;

    /// <summary>Queries in flight on each connection before one more is dialled.</summary>
    public const int QueriesInFlight = 128;

    /// <summary>
    /// Plain TCP connections that share the queries while there are several in flight: a Service address gives each
    /// connection to some pod for its whole life, so one connection would load one pod.
    /// </summary>
    public const int SpreadConnections = 4;

    /// <summary>Queries on one connection before it is replaced: pods that are new get their share, ids never run out.</summary>
    public const int QueriesPerConnection = 10_000;

    /// <summary>The longest life of a connection when <c>max_age</c> says nothing; up to a tenth less, by chance.</summary>
    public const long MaxAgeMilliseconds = 300_000;

    /// <summary>The default of <c>expire</c>: before the usual server closes at 10 s, so that a query rarely meets a close.</summary>
    public const long IdleMilliseconds = 8000;

    /// <summary>A connection that owes answers and was silent for this long gets no more queries while there is another.</summary>
    public const long SuspicionMilliseconds = 500;

    /// <summary>And after this long it is given up; with the time between two looks at it, 2 s.</summary>
    public const long SilenceMilliseconds = 1700;

    /// <summary>How often connections are looked at, while there are any.</summary>
    public const int LookMilliseconds = 250;

    /// <summary>The kernel gives a connection up when the other host confirms nothing for this long (TCP_USER_TIMEOUT).</summary>
    public const int UnconfirmedMilliseconds = 1500;

    /// <summary>Connections that close within this time close for one reason; those opened before it are not trusted.</summary>
    public const long LossBurstMilliseconds = 50;

    /// <summary>For TCP and TLS handshakes together.</summary>
    public const int DialMilliseconds = 3000;

    /// <summary>A query without an answer is forgotten by its connection after this long; nobody waits for it any more.</summary>
    public const long ForgetMilliseconds = UpstreamLimits.DeadlineMilliseconds + 1000;

    /// <summary>Bytes written at once.</summary>
    public const int WriteBytes = 16 * 1024;
}
