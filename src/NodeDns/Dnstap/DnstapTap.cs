using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Linux.Sockets;

namespace NodeDns.Dnstap;

/// <summary>The dnstap lines of one server block: what is told, and to which collectors. Any worker may call it.</summary>
internal sealed class DnstapTap(ImmutableArray<DnstapTap.Line> lines)
{
    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>One directive.</summary>
    /// <param name="Head">Identity, version and extra, encoded.</param>
    /// <param name="IsFull">With the DNS messages, not only their circumstances.</param>
    internal sealed record Line(DnstapOutput Output, byte[] Head, bool IsFull);

    /// <summary>Where its messages go.</summary>
    public IEnumerable<DnstapOutput> Outputs => lines.Select(line => line.Output);

    /// <summary>A client's query, when it came.</summary>
    public void ClientQuery(
        in PeerAddress client, in LocalAddress local, bool isTcp, ReadOnlySpan<byte> query, long agoMicroseconds)
    {
        Tell(new DnstapMessage
        {
            Type = DnstapMessageType.ClientQuery,
            Protocol = isTcp ? DnstapProtocol.Tcp : DnstapProtocol.Udp,
            Client = client,
            LocalServer = local,
            QueryTime = Now() - (agoMicroseconds * NanosecondsPerMicrosecond),
            Query = query,
        });
    }

    public void ClientResponse(
        in PeerAddress client, in LocalAddress local, bool isTcp, ReadOnlySpan<byte> response, long agoMicroseconds)
    {
        long now = Now();
        Tell(new DnstapMessage
        {
            Type = DnstapMessageType.ClientResponse,
            Protocol = isTcp ? DnstapProtocol.Tcp : DnstapProtocol.Udp,
            Client = client,
            LocalServer = local,
            QueryTime = now - (agoMicroseconds * NanosecondsPerMicrosecond),
            ResponseTime = now,
            Response = response,
        });
    }

    public void ForwarderQuery(in PeerAddress upstream, DnstapProtocol protocol, ReadOnlySpan<byte> query) =>
        Tell(new DnstapMessage
        {
            Type = DnstapMessageType.ForwarderQuery,
            Protocol = protocol,
            Server = upstream,
            QueryTime = Now(),
            Query = query,
        });

    public void ForwarderResponse(
        in PeerAddress upstream, DnstapProtocol protocol, ReadOnlySpan<byte> response, long agoMicroseconds)
    {
        long now = Now();
        Tell(new DnstapMessage
        {
            Type = DnstapMessageType.ForwarderResponse,
            Protocol = protocol,
            Server = upstream,
            QueryTime = now - (agoMicroseconds * NanosecondsPerMicrosecond),
            ResponseTime = now,
            Response = response,
        });
    }

    private void Tell(in DnstapMessage message)
    {
        foreach (Line line in lines)
        {
            line.Output.Add(message, line.Head, line.IsFull);
        }
    }

    /// <summary>Nanoseconds since 1970: other programs' clocks are to be compared with ours.</summary>
    private static long Now() => (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick;
}
