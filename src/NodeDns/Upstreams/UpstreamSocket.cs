using System;
using NodeDns.Linux.Sockets;

namespace NodeDns.Upstreams;

/// <summary>A connected UDP socket towards one upstream with the queries that wait on it.</summary>
/// <remarks>
/// Connected, so that the kernel drops datagrams from anywhere else and ICMP errors come back to us (protocol 2.1).
/// It carries a bounded number of queries in its life; a plain search over at most 32 ids is one vector compare.
/// </remarks>
/// <param name="ids">Of all sockets of the table, one stretch for each place: so a query costs 4 bytes of garbage, not 12.</param>
/// <param name="questions">The same for the questions they belong to.</param>
internal sealed class UpstreamSocket(
    UdpSocket socket, UpstreamState upstream, PeerAddress? source, int index, long now, ushort[] ids, int[] questions)
{
    public UdpSocket Socket { get; } = socket;

    public UpstreamState Upstream { get; } = upstream;

    /// <summary>Place in the worker's table of sockets.</summary>
    public int Index { get; } = index;

    public long OpenedAt { get; } = now;

    public int Outstanding { get; private set; }

    public int Sent { get; private set; }

    /// <summary>Takes no more queries; closed when the last one is answered or given up.</summary>
    public bool IsRetired { get; set; }

    public ReadOnlySpan<int> Questions => AllQuestions[..Outstanding];

    private Span<ushort> AllIds => ids.AsSpan(Index * UpstreamLimits.QueriesPerSocket, UpstreamLimits.QueriesPerSocket);

    private Span<int> AllQuestions => questions.AsSpan(Index * UpstreamLimits.QueriesPerSocket, UpstreamLimits.QueriesPerSocket);

    public bool CanTake(long now) =>
        !IsRetired && Sent < UpstreamLimits.QueriesPerSocket
        && now - OpenedAt < UpstreamLimits.SocketLifeMilliseconds;

    /// <summary>Whether it sends from that <c>source_address</c>; two <c>forward</c> lines may share an upstream and not that.</summary>
    public bool IsFrom(PeerAddress? address) =>
        source is null ? address is null : address is { } other && source.Value.Equals(other);

    public bool HasId(ushort id) => AllIds[..Outstanding].Contains(id);

    public void Add(ushort id, int question)
    {
        AllIds[Outstanding] = id;
        AllQuestions[Outstanding] = question;
        Outstanding++;
        Sent++;
    }

    /// <summary>The question that was sent with this id, or -1.</summary>
    public int Find(ushort id)
    {
        int place = AllIds[..Outstanding].IndexOf(id);
        return place < 0 ? -1 : AllQuestions[place];
    }

    public void Remove(ushort id)
    {
        int place = AllIds[..Outstanding].IndexOf(id);
        if (place >= 0)
        {
            Outstanding--;
            AllIds[place] = AllIds[Outstanding];
            AllQuestions[place] = AllQuestions[Outstanding];
        }
    }
}
