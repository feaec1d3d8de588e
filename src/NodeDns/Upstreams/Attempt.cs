using System.Runtime.CompilerServices;

namespace NodeDns.Upstreams;

/// <summary>One query on its way to one upstream for a question.</summary>
internal struct Attempt
{
    /// <summary>Null when this place is free.</summary>
    public UpstreamState? Upstream;

    /// <summary>Null over TCP.</summary>
    public UpstreamSocket? Socket;

    public long SentAt;

    /// <summary>The same moment in microseconds, for the histogram.</summary>
    public long SentAtMicroseconds;

    public long Deadline;

    /// <summary>Over TCP: which submission this is, so that a late word about an earlier one is known as late.</summary>
    public int Generation;

    /// <summary>Over TCP: the number of its connection.</summary>
    public int Connection;

    /// <summary>How the letters of its name were mixed over UDP; 0 for not at all.</summary>
    public ulong CaseBits;

    public ushort QueryId;
    public bool IsOnTcp;

    /// <summary>Its silence was held against the upstream already.</summary>
    public bool IsOverdue;

    /// <summary>Sent while another was on its way.</summary>
    public bool IsHedge;

    public readonly bool IsActive => Upstream is not null;
}

/// <summary>A question is with two upstreams at most: the one it was sent to, and the hedge.</summary>
[InlineArray(2)]
internal struct AttemptPair
{
    public const int Length = 2;

    private Attempt _first;
}
