namespace NodeDns.Upstreams;

/// <summary>Every bound of forwarding in one place.</summary>
internal static class UpstreamLimits
{
    /// <summary>Questions on their way to an upstream at one time, process-wide.</summary>
    public const int MaxQuestions = 8192;

    /// <summary>Clients that wait for them, process-wide; 100,000 identical questions must all get their answer.</summary>
    public const int MaxWaiters = 131072;

    /// <summary>Clients that wait for one question: never all the places there are.</summary>
    public const int MaxWaitersPerQuestion = MaxWaiters / 8 * 7;

    /// <summary>Counters of client addresses; a node has some hundred pods. A power of two.</summary>
    public const int ClientPlaces = 4096;

    /// <summary>
    /// One address may wait in as many places as this times those that are free: alone in 104,857, with another just as
    /// greedy in 58,254 each. 100,000 equal questions of one pod get their answer.
    /// </summary>
    public const int WaitersPerFreePlace = 4;

    /// <summary>
    /// And have this times the free places of questions of its own on their way: alone 4,096, so that a pod that asks a
    /// dead upstream for one name after the other leaves the others room (jostle, protocol 2.2).
    /// </summary>
    public const int QuestionsPerFreePlace = 1;

    /// <summary>
    /// When every upstream is known to be down, a question has this long all the same. Down is known after a second of
    /// silence, so a stall of three seconds (Technitium has them) is still ridden out.
    /// </summary>
    public const long DownDeadlineMilliseconds = 2000;

    /// <summary>A storm of TC is looked for in windows of this length.</summary>
    public const long StormWindowMilliseconds = 5000;

    /// <summary>So many answers with TC in a window, and</summary>
    public const int StormTruncated = 8;

    /// <summary>this share of all that came over UDP, in percent, are a storm: Technitium over its limit sends nothing else.</summary>
    public const int StormPercent = 50;

    /// <summary>TCP instead for this long, twice as long when the storm is there again after it,</summary>
    public const long StormTcpMilliseconds = 10_000;

    /// <summary>up to this: Technitium counts over five minutes.</summary>
    public const long MaxStormTcpMilliseconds = 300_000;

    /// <summary>The whole time a question may take (CoreDNS: 5 s); stub resolvers ask again after five seconds.</summary>
    public const long DeadlineMilliseconds = 5000;

    /// <summary>Tries per question and upstream, as CoreDNS's <c>max_connect_attempts</c> default.</summary>
    public const int TriesPerUpstream = 2;

    /// <summary>A source port is used for this many queries, then retired (RFC 5452 §9.2: ports must not be long-lived).</summary>
    public const int QueriesPerSocket = 32;

    /// <summary>And for this long at most.</summary>
    public const long SocketLifeMilliseconds = 10_000;

    /// <summary>UDP sockets towards upstreams one worker may hold open.</summary>
    public const int MaxSocketsPerWorker = 1024;

    /// <summary>Attempts to find a free random source port before the kernel's choice is taken.</summary>
    public const int PortAttempts = 8;

    /// <summary>EDNS size towards upstreams: answers that fit it are not fragmented on any usual path.</summary>
    public const int UdpPayload = 1232;

    /// <summary>Room for one upstream datagram; what is longer is taken as truncated and asked again over TCP.</summary>
    public const int DatagramBytes = 4096;

    /// <summary>Datagrams sent or received towards upstreams in one system call.</summary>
    public const int BatchSlots = 32;

    /// <summary>An upstream that choked on EDNS is asked without it for this long (RFC 6891 §6.2.2).</summary>
    public const long NoEdnsMilliseconds = 300_000;

    /// <summary>So many answers in a row in other letters than asked: the server does not repeat them, nobody is guessing.</summary>
    public const int WrongCasesInARow = 8;

    /// <summary>Such an upstream is asked in small letters for this long.</summary>
    public const long SmallLettersMilliseconds = 300_000;

    /// <summary>A longer round trip is counted as this one.</summary>
    public const long MaxRttMilliseconds = 10_000;

    /// <summary>An upstream that was silent for this long is down; before, it is merely asked last.</summary>
    public const long SilenceUntilDownMilliseconds = 1000;

    /// <summary>An upstream that answers probes gets one real query per this time until it has answered one.</summary>
    public const long TrialIntervalMilliseconds = 100;

    /// <summary>After trials that failed the next one waits twice as long each time, up to this.</summary>
    public const long MaxTrialWaitMilliseconds = 5000;

    /// <summary>A probe waits as long as the interval between probes, within these bounds.</summary>
    public const int MinProbeMilliseconds = 200;

    public const int MaxProbeMilliseconds = 1000;

    /// <summary>Hedges come in after this many smoothed round trips, if that is later than what the operator says.</summary>
    public const int RttsUntilHedge = 3;

    /// <summary>But not later than this: an upstream that slow is as good as silent.</summary>
    public const long MaxHedgeMilliseconds = 1000;

    /// <summary>One hedge per so many queries: 5 % of the traffic.</summary>
    public const int QueriesPerHedge = 20;

    /// <summary>Hedges a worker may send at once, for the moment before a silent upstream is known as such.</summary>
    public const int HedgeStore = 128;

    /// <summary>With the policy <c>fastest</c>, one question in so many goes to another upstream to see how fast it is.</summary>
    public const int QuestionsPerExploration = 32;

    /// <summary>Tries of one question when <c>max_connect_attempts</c> sets no bound.</summary>
    public const int MaxTries = 64;

    /// <summary>Upstreams of one <c>forward</c> line that are used: one bit each says who was asked.</summary>
    public const int MaxUpstreams = 32;

    /// <summary>
    /// Upstreams remembered that the configuration names no more, for their counters and because they may come back:
    /// host names and resolv.conf files can bring ever new ones.
    /// </summary>
    public const int MaxFormerUpstreams = 64;

    /// <summary>EDNS options an operator may add to queries, in bytes.</summary>
    public const int MaxOptionBytes = 220;

    /// <summary>One query: header, name, OPT and such options.</summary>
    public const int MaxQueryBytes = 512;

    /// <summary>Times one question is sent again because its connection closed under it.</summary>
    public const int MaxConnectionLosses = 2;
}
