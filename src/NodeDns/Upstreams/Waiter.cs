using NodeDns.Linux.Sockets;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>A client that waits for an answer: all that is needed to write it its reply.</summary>
/// <remarks>Holds no references, so the collector never walks the table of them.</remarks>
internal struct Waiter
{
    public PeerAddress Client;

    /// <summary>The address the query came to, for sockets that listen on all of them.</summary>
    public LocalAddress Local;

    public NameCase Case;

    /// <summary>In microseconds: the start of its batch.</summary>
    public long ReceivedAt;

    /// <summary>Next waiter of the same question; -1 at the end.</summary>
    public int Next;

    /// <summary>For UDP the listener's index; for TCP the connection's handle.</summary>
    public int Via;

    /// <summary>Number of the rewrite to undo in the reply; 0 for none.</summary>
    public int Rewrite;

    /// <summary>The number of the zone at the client's listen address, for counting; another than the question's own perhaps.</summary>
    public int Series;

    /// <summary>Where its address is counted (<see cref="ClientShares"/>).</summary>
    public ushort Share;

    public ushort Id;

    /// <summary>The type the client asked for, before any rewriting.</summary>
    public RecordType Type;

    /// <summary>Longest reply the client takes.</summary>
    public ushort ReplyLimit;

    /// <summary>Bytes of the query, for the log and the size histogram.</summary>
    public ushort QueryLength;

    public WaiterFlags Flags;

    public readonly bool Has(WaiterFlags flag) => (Flags & flag) != 0;
}
