using System;
using System.Buffers;
using System.Collections.Generic;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Dnstap;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>One worker's way of putting queries onto sockets and connections.</summary>
internal sealed class QuerySender(InFlightTable table, UpstreamSocketTable sockets, RandomPool random, IAnswerSink sink)
    : IDisposable
{
    private readonly SendBatch _sends = new(UpstreamLimits.BatchSlots, UpstreamLimits.MaxQueryBytes);
    private UpstreamSocket? _sendSocket;

    public int Queued => _sends.Count;

    /// <summary>Sockets whose queries the kernel refused to send, until they are taken.</summary>
    public Queue<(UpstreamSocket Socket, int Error)> Failed { get; } = new();

    public static RoutePlan RouteOf(in PendingQuestion pending) => pending.FollowUp?.Route ?? pending.Route!;

    public static ReadOnlySpan<byte> AskedName(in PendingQuestion pending, Span<byte> buffer) =>
        pending.FollowUp?.AskedName is { } asked ? asked : pending.CopyName(buffer);

    public static int AskedLength(in PendingQuestion pending) =>
        pending.FollowUp?.AskedName is { } asked ? asked.Length : pending.NameLength;

    public static RecordType AskedType(in PendingQuestion pending) => pending.FollowUp?.AskedType ?? pending.Type;

    /// <summary>Queues a query on the upstream's current socket; it goes out with the next flush.</summary>
    public bool TrySendOnUdp(int question, ref Attempt attempt, ForwardPlan forward, UpstreamState upstream, long now)
    {
        ref PendingQuestion pending = ref table[question];
        UpstreamSocket? socket = sockets.Take(upstream, forward.SourceAddress, now, out int error);
        if (socket is null)
        {
            UpstreamCounters.Add(ref upstream.Counters.NetworkErrors);
            pending.LastError = ExtendedError.Other;
            if (error != Errno.EMFILE)
            {
                pending.LastError = ExtendedError.NetworkError;
                upstream.ReportError(now, forward.Health);
            }

            return false;
        }

        ushort id;
        do
        {
            id = random.NextUInt16();
        }
        while (socket.HasId(id));

        if (_sendSocket != socket || _sends.IsFull)
        {
            Flush();
            if (socket.IsRetired)
            {
                // The kernel refused what was queued on this very socket.
                pending.LastError = ExtendedError.NetworkError;
                return false;
            }

            _sendSocket = socket;
        }

        Span<byte> buffer = _sends.Reserve();
        if (!TryWriteQuery(buffer, id, ref pending, upstream, now, out int length))
        {
            return false;
        }

        if (forward.MixesCase && upstream.RepeatsCase(now))
        {
            attempt.CaseBits = random.NextUInt64();
            MixedCase.Write(buffer.Slice(WireLimits.HeaderLength, AskedLength(pending)), attempt.CaseBits);
        }

        RouteOf(pending).Tap?.ForwarderQuery(upstream.Address, DnstapProtocol.Udp, buffer[..length]);

        _sends.Commit(length);
        socket.Add(id, question);
        attempt.Socket = socket;
        attempt.QueryId = id;
        attempt.IsOnTcp = false;
        return true;
    }

    public bool TrySendOnStream(int question, ref Attempt attempt, UpstreamState upstream, long now)
    {
        ref PendingQuestion pending = ref table[question];
        byte[] query = ArrayPool<byte>.Shared.Rent(UpstreamLimits.MaxQueryBytes);
        if (!TryWriteQuery(query, 0, ref pending, upstream, now, out int length))
        {
            ArrayPool<byte>.Shared.Return(query);
            return false;
        }

        RouteOf(pending).Tap?.ForwarderQuery(upstream.Address, ProtocolOf(upstream, isOnStream: true), query.AsSpan(0, length));
        attempt.IsOnTcp = true;

        // What an earlier connection still has to say about this question is about an earlier try.
        attempt.Generation = ++pending.Generation;
        attempt.Connection = upstream.Stream!.Submit(
            new StreamQuery(question, attempt.Generation, query, length, sink, pending.AvoidedConnection));
        return true;
    }

    public static DnstapProtocol ProtocolOf(UpstreamState upstream, bool isOnStream) => upstream.Transport switch
    {
        Transport.Dns => isOnStream ? DnstapProtocol.Tcp : DnstapProtocol.Udp,
        Transport.Tls => DnstapProtocol.Tls,
        _ => DnstapProtocol.Https,
    };

    /// <summary>Sends what is queued. Refused, no route, blackhole: the kernel says so at once, and then so do we.</summary>
    public void Flush()
    {
        if (_sends.Count == 0 || _sendSocket is not { } socket)
        {
            return;
        }

        int error = _sends.Flush(socket.Socket, out _, out int dropped).Error;
        if (dropped > 0)
        {
            Forget(socket);
            socket.IsRetired = true;
            Failed.Enqueue((socket, error));
        }
    }

    public bool HasQueuedOn(UpstreamSocket socket) => _sendSocket == socket && _sends.Count > 0;

    /// <summary>Nothing more is queued on this socket.</summary>
    public void Forget(UpstreamSocket socket)
    {
        if (_sendSocket == socket)
        {
            _sendSocket = null;
        }
    }

    public void Dispose() => _sends.Dispose();

    private static bool TryWriteQuery(
        Span<byte> buffer, ushort id, ref PendingQuestion pending, UpstreamState upstream, long now, out int length)
    {
        Span<byte> nameBuffer = stackalloc byte[WireLimits.MaxNameLength];
        ReadOnlySpan<byte> name = AskedName(pending, nameBuffer);
        bool dnssecOk = (pending.KeyFlags & CacheKeyFlags.DnssecOk) != 0;
        pending.WithoutEdns |= !dnssecOk && upstream.IsWithoutEdns(now);

        // AD asks for the AD bit (RFC 6840 §5.7), so that one stored answer serves clients with and without it (D5).
        HeaderFlags flags = HeaderFlags.RecursionDesired | HeaderFlags.AuthenticData;
        if ((pending.KeyFlags & CacheKeyFlags.CheckingDisabled) != 0)
        {
            flags |= HeaderFlags.CheckingDisabled;
        }

        if (!QueryWriter.TryWrite(
            buffer, id, RouteOf(pending).ShapeQuery(flags), name, AskedType(pending), pending.Class, !pending.WithoutEdns,
            dnssecOk, UpstreamLimits.UdpPayload, out length))
        {
            return false;
        }

        return pending.WithoutEdns
            || (QueryOptions.TryAppend(buffer, ref length, pending.Options.Span)
                && (!upstream.IsEncrypted || QueryPadding.TryAppend(buffer, ref length, pending.Options.Length)));
    }
}
