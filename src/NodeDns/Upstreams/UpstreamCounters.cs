using System.Threading;
using NodeDns.Metrics;

namespace NodeDns.Upstreams;

/// <summary>What happened with one upstream, counted by all workers.</summary>
internal sealed class UpstreamCounters
{
    /// <summary>Times from query to answer, in microseconds.</summary>
    public LatencyByRcode Latency { get; } = new();

    /// <summary>Queries sent on a socket that was open, and sockets opened.</summary>
    public long SocketsReused;
    public long SocketsOpened;

    /// <summary>The same for connections.</summary>
    public long ConnectionsReused;
    public long ConnectionsOpened;

    public long Queries;
    public long Answers;
    public long Timeouts;
    public long NetworkErrors;
    public long Truncated;

    /// <summary>Datagrams that were no answer to anything asked: wrong id, wrong question, not a response.</summary>
    public long Ignored;

    /// <summary>Right id and question, but records that cannot be read.</summary>
    public long Malformed;

    /// <summary>Queries moved to TCP because an answer with another id, or in other letters, came to their port.</summary>
    public long NearMisses;

    /// <summary>Of the network errors: nobody listens there.</summary>
    public long Refused;

    /// <summary>Datagrams whose id nobody waits for.</summary>
    public long WrongIds;

    /// <summary>The right id and question, but not in the letters that it was asked in (<c>mix_case</c>).</summary>
    public long WrongCases;

    /// <summary>The right id and another question.</summary>
    public long WrongQuestions;

    /// <summary>The right id, but no response to a query: QR, opcode, or the count of questions.</summary>
    public long NotResponses;

    /// <summary>Times its answers over UDP were little but TC, so that TCP was used for a while.</summary>
    public long Storms;

    public long ConnectionsLost;

    /// <summary>Questions sent to this upstream because another took long.</summary>
    public long Hedges;

    /// <summary>Hedges that brought the answer.</summary>
    public long HedgeWins;

    /// <summary>Hedges that were due because this upstream took long, and that the budget did not allow.</summary>
    public long HedgesDenied;

    public long Probes;
    public long ProbeFailures;

    /// <summary>Times it was found to be down.</summary>
    public long Downs;

    /// <summary>Losses by their reason, at the place of its number.</summary>
    public readonly long[] Faults = new long[UpstreamFaultText.All.Length + 1];

    public static void Add(ref long counter) => Interlocked.Increment(ref counter);
}
