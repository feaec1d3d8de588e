using System;
using System.Buffers;
using System.Collections.Generic;
using NodeDns.Cache;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>One worker's forwarding: sends questions, matches answers, tries again, gives up.</summary>
/// <remarks>
/// Only the worker's own thread calls it; other threads leave messages in its inbox. A question goes through
/// <c>Start → TryNext → (UDP | TCP) → OnResponse → Answer | TryNext | Fail</c>; each arrow is a method here.
/// </remarks>
internal sealed class Forwarder : IDisposable
{
    private readonly Clock _clock;
    private readonly InFlightTable _table;
    private readonly AnswerDelivery _delivery;
    private readonly UpstreamSocketTable _sockets;
    private readonly TimerWheel _timers;
    private readonly RandomPool _random = new();
    private readonly ReceiveBatch _received = new(UpstreamLimits.BatchSlots, UpstreamLimits.DatagramBytes, false);
    private readonly SendBatch _sends = new(UpstreamLimits.BatchSlots, UpstreamLimits.MaxQueryBytes);
    private readonly Queue<int> _retries = new();
    private readonly int[] _due = new int[64];
    private readonly byte[] _followed = new byte[WireLimits.MaxMessageLength];
    private UpstreamSocket? _sendSocket;

    public Forwarder(Clock clock, InFlightTable table, AnswerDelivery delivery, Epoll epoll, ulong tagKind)
    {
        _clock = clock;
        _table = table;
        _delivery = delivery;
        _sockets = new UpstreamSocketTable(epoll, _random, tagKind);
        _timers = new TimerWheel(UpstreamLimits.MaxQuestions, clock.NowMilliseconds);
        Inbox = new WorkerInbox();
    }

    public WorkerInbox Inbox { get; }

    public int WaitMilliseconds(long now) => _timers.WaitMilliseconds(now);

    /// <summary>Sends a question that was just entered into the table.</summary>
    public void Start(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        pending.Deadline = _clock.NowMilliseconds + UpstreamLimits.DeadlineMilliseconds;
        pending.ForwardIndex = -1;
        pending.LastError = ExtendedError.NoReachableAuthority;
        pending.Losses = 0;
        pending.WithoutEdns = false;
        if (!TryNextForward(ref pending))
        {
            Finish(question, ExtendedError.NotReady);
            return;
        }

        TryNext(question);
    }

    /// <summary>Reads what came on an upstream socket.</summary>
    public void OnReadable(ulong tag)
    {
        UpstreamSocket? socket = _sockets.Find(tag);
        if (socket is null)
        {
            return;
        }

        SyscallResult result = _received.Receive(socket.Socket);
        if (result.IsError && result.Error != Errno.EAGAIN)
        {
            // ICMP: port unreachable, no route. Nobody waits for a timeout then.
            FailSocket(socket);
            return;
        }

        for (int i = 0; i < _received.Count && !result.IsError; i++)
        {
            OnDatagram(socket, _received.Datagram(i), _received.IsTruncated(i));
        }

        _sockets.CloseIfDone(socket);
    }

    /// <summary>Takes what other threads left in the inbox.</summary>
    public void OnInbox()
    {
        Inbox.ClearSignal();
        while (Inbox.TryTake(out InboxItem item))
        {
            if (item.Kind == InboxKind.Start)
            {
                Start(item.Question);
                continue;
            }

            ref PendingQuestion pending = ref _table[item.Question];
            if (pending.Generation == item.Generation && pending.IsOnTcp)
            {
                OnConnectionItem(item, ref pending);
            }

            if (item.Message is not null)
            {
                ArrayPool<byte>.Shared.Return(item.Message);
            }
        }
    }

    /// <summary>Fires timers and sends everything queued; the last act of each turn of the worker.</summary>
    public void EndTurn(long now)
    {
        int due;
        do
        {
            due = _timers.TakeDue(now, _due);
            for (int i = 0; i < due; i++)
            {
                OnTimer(_due[i], now);
            }
        }
        while (due == _due.Length);

        do
        {
            FlushSends();
            while (_retries.TryDequeue(out int question))
            {
                TryNext(question);
            }
        }
        while (_sends.Count > 0);
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _received.Dispose();
        _sends.Dispose();
        Inbox.Dispose();
    }

    private static RoutePlan RouteOf(in PendingQuestion pending) => pending.FollowUp?.Route ?? pending.Route!;

    private static ReadOnlySpan<byte> AskedName(in PendingQuestion pending, Span<byte> buffer) =>
        pending.FollowUp?.AskedName is { } asked ? asked : pending.CopyName(buffer);

    private static RecordType AskedType(in PendingQuestion pending) => pending.FollowUp?.AskedType ?? pending.Type;

    /// <summary>Goes to the next <c>forward</c> line that takes the name.</summary>
    private bool TryNextForward(ref PendingQuestion pending)
    {
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        ReadOnlySpan<byte> name = AskedName(pending, buffer);
        ForwardPlan[] forwards = RouteOf(pending).Forwards;
        for (int i = pending.ForwardIndex + 1; i < forwards.Length; i++)
        {
            if (!forwards[i].Takes(name))
            {
                continue;
            }

            if (!forwards[i].TryEnter())
            {
                return false;
            }

            Leave(pending);
            pending.ForwardIndex = i;
            pending.Tries = 0;
            pending.FirstUpstream = forwards[i].FirstUpstream(_random);
            return true;
        }

        return false;
    }

    private static void Leave(in PendingQuestion pending)
    {
        if (pending.ForwardIndex >= 0)
        {
            RouteOf(pending).Forwards[pending.ForwardIndex].Leave();
        }
    }

    /// <summary>Asks the next upstream in order, until one took the query or none is left.</summary>
    private void TryNext(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        ForwardPlan forward = RouteOf(pending).Forwards[pending.ForwardIndex];
        long now = _clock.NowMilliseconds;
        while (pending.Tries < forward.MaxTries && now < pending.Deadline)
        {
            UpstreamState upstream = forward.Upstream(pending.FirstUpstream, pending.Tries++);
            if (TrySend(question, ref pending, forward, upstream, now))
            {
                return;
            }
        }

        Finish(question, pending.LastError);
    }

    private bool TrySend(
        int question, ref PendingQuestion pending, ForwardPlan forward, UpstreamState upstream, long now)
    {
        pending.Upstream = upstream;
        pending.SentAt = now;
        pending.TryDeadline = Math.Min(now + forward.ReadTimeoutMilliseconds, pending.Deadline);
        UpstreamCounters.Add(ref upstream.Counters.Queries);
        bool sent = forward.ForceTcp || (pending.WantsTcp && !forward.PreferUdp)
            ? SendOnTcp(question, ref pending, upstream)
            : SendOnUdp(question, ref pending, forward, upstream, now);
        if (sent)
        {
            ArmTimer(question, pending);
        }

        return sent;
    }

    private bool SendOnUdp(
        int question, ref PendingQuestion pending, ForwardPlan forward, UpstreamState upstream, long now)
    {
        UpstreamSocket? socket = _sockets.Take(upstream, forward.SourceAddress, now, out int error);
        if (socket is null)
        {
            UpstreamCounters.Add(ref upstream.Counters.NetworkErrors);
            pending.LastError = error == Errno.EMFILE ? ExtendedError.Other : ExtendedError.NetworkError;
            return false;
        }

        ushort id;
        do
        {
            id = _random.NextUInt16();
        }
        while (socket.HasId(id));

        if (_sendSocket != socket || _sends.IsFull)
        {
            FlushSends();
            _sendSocket = socket;
        }

        if (!TryWriteQuery(_sends.Reserve(), id, ref pending, upstream, now, out int length))
        {
            return false;
        }

        _sends.Commit(length);
        socket.Add(id, question);
        pending.Socket = socket;
        pending.QueryId = id;
        pending.IsOnTcp = false;
        return true;
    }

    private bool SendOnTcp(int question, ref PendingQuestion pending, UpstreamState upstream)
    {
        byte[] query = ArrayPool<byte>.Shared.Rent(UpstreamLimits.MaxQueryBytes);
        if (!TryWriteQuery(query, 0, ref pending, upstream, _clock.NowMilliseconds, out int length))
        {
            ArrayPool<byte>.Shared.Return(query);
            return false;
        }

        pending.IsOnTcp = true;

        // What an earlier connection still has to say about this question is about an earlier try.
        pending.Generation++;
        upstream.Tcp!.Submit(new TcpQuery(question, pending.Generation, query, length, Inbox));
        return true;
    }

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

        return QueryWriter.TryWrite(
                buffer, id, RouteOf(pending).ShapeQuery(flags), name, AskedType(pending), pending.Class, !pending.WithoutEdns, dnssecOk,
                UpstreamLimits.UdpPayload, out length)
            && (pending.WithoutEdns || QueryOptions.TryAppend(buffer, ref length, pending.Options.Span));
    }

    private void OnDatagram(UpstreamSocket socket, ReadOnlySpan<byte> datagram, bool isCut)
    {
        UpstreamCounters counters = socket.Upstream.Counters;
        int question = datagram.Length < WireLimits.HeaderLength ? -1 : socket.Find(MessageHeader.GetId(datagram));
        if (question < 0)
        {
            OnStrayDatagram(socket, datagram);
            return;
        }

        ref PendingQuestion pending = ref _table[question];
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        ResponseStatus status = ResponseView.TryParse(
            datagram, AskedName(pending, buffer), AskedType(pending), pending.Class, out ResponseView response);
        bool isAnswer = status is ResponseStatus.Ok or ResponseStatus.HeaderOnlyError
            || (isCut && status == ResponseStatus.Malformed);
        if (!isAnswer)
        {
            // Not what was asked: keep waiting, the true answer may follow (F1, TuDoor). The wait ends by its timer.
            if (status == ResponseStatus.Malformed)
            {
                pending.LastError = ExtendedError.InvalidData;
            }

            UpstreamCounters.Add(ref status == ResponseStatus.Malformed ? ref counters.Malformed : ref counters.Ignored);
            return;
        }

        ReleaseSocket(ref pending);
        if (isCut)
        {
            AskOverTcp(question, ref pending, socket.Upstream);
            return;
        }

        OnResponse(question, ref pending, response);
    }

    /// <summary>
    /// A datagram whose id nobody waits for. When it answers a question of this port, someone is guessing ids: that
    /// query goes over TCP (RFC 5452 §9.3) and the upstream is not blamed.
    /// </summary>
    private void OnStrayDatagram(UpstreamSocket socket, ReadOnlySpan<byte> datagram)
    {
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        UpstreamCounters.Add(ref socket.Upstream.Counters.Ignored);
        foreach (int question in socket.Questions)
        {
            ref PendingQuestion pending = ref _table[question];
            ResponseStatus status = ResponseView.TryParse(
                datagram, AskedName(pending, buffer), AskedType(pending), pending.Class, out _);
            if (status == ResponseStatus.Ok)
            {
                UpstreamCounters.Add(ref socket.Upstream.Counters.NearMisses);
                ReleaseSocket(ref pending);
                AskOverTcp(question, ref pending, socket.Upstream);
                return;
            }
        }
    }

    private void AskOverTcp(int question, ref PendingQuestion pending, UpstreamState upstream)
    {
        pending.WantsTcp = true;
        ForwardPlan forward = RouteOf(pending).Forwards[pending.ForwardIndex];
        long now = _clock.NowMilliseconds;
        pending.SentAt = now;
        pending.TryDeadline = Math.Min(now + forward.ReadTimeoutMilliseconds, pending.Deadline);
        if (SendOnTcp(question, ref pending, upstream))
        {
            ArmTimer(question, pending);
        }
        else
        {
            TryNext(question);
        }
    }

    private void OnConnectionItem(in InboxItem item, ref PendingQuestion pending)
    {
        UpstreamState upstream = pending.Upstream!;
        if (item.Kind == InboxKind.Answer)
        {
            Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
            ResponseStatus status = ResponseView.TryParse(
                item.Message.AsSpan(0, item.Length), AskedName(pending, buffer), AskedType(pending), pending.Class,
                out ResponseView response);
            if (status is ResponseStatus.Ok or ResponseStatus.HeaderOnlyError && !response.IsTruncated)
            {
                OnResponse(item.Question, ref pending, response);
                return;
            }

            UpstreamCounters.Add(ref upstream.Counters.Malformed);
            pending.LastError = ExtendedError.InvalidData;
            TryNext(item.Question);
            return;
        }

        UpstreamCounters.Add(ref upstream.Counters.ConnectionsLost);
        pending.LastError = ExtendedError.NetworkError;
        if (item.Reused && pending.Losses++ < UpstreamLimits.MaxConnectionLosses)
        {
            // An idle connection that the server just closed: ask again at once, on a new one.
            AskOverTcp(item.Question, ref pending, upstream);
            return;
        }

        UpstreamCounters.Add(ref upstream.Counters.NetworkErrors);
        TryNext(item.Question);
    }

    private void OnResponse(int question, ref PendingQuestion pending, in ResponseView response)
    {
        UpstreamState upstream = pending.Upstream!;
        UpstreamCounters.Add(ref upstream.Counters.Answers);
        if (response.IsTruncated && !pending.IsOnTcp)
        {
            UpstreamCounters.Add(ref upstream.Counters.Truncated);
            AskOverTcp(question, ref pending, upstream);
            return;
        }

        bool dnssecOk = (pending.KeyFlags & CacheKeyFlags.DnssecOk) != 0;
        if (response.Rcode is ResponseCode.FormatError or ResponseCode.NotImplemented && !pending.WithoutEdns && !dnssecOk)
        {
            // RFC 6891 §6.2.2: it may be our OPT that the server cannot take (E11).
            pending.WithoutEdns = true;
            pending.Tries--;
            upstream.LeaveOutEdns(_clock.NowMilliseconds);
            TryNext(question);
            return;
        }

        ForwardPlan forward = RouteOf(pending).Forwards[pending.ForwardIndex];
        if (forward.FailsOverOn(response.Rcode) && pending.Tries < forward.Upstreams.Length)
        {
            TryNext(question);
            return;
        }

        if (forward.PassesOn(response) && TryNextForward(ref pending))
        {
            TryNext(question);
            return;
        }

        if (pending.FollowUp is not null)
        {
            OnFollowUp(question, ref pending, response);
            return;
        }

        EndForwarding(question, pending);
        _delivery.Answer(question, response);
    }

    private void OnFollowUp(int question, ref PendingQuestion pending, in ResponseView response)
    {
        FollowUpStatus status = pending.FollowUp!.Continue(response, _followed, out int length);
        if (status == FollowUpStatus.AskNext)
        {
            Leave(pending);
            pending.ForwardIndex = -1;
            if (TryNextForward(ref pending))
            {
                TryNext(question);
                return;
            }

            status = FollowUpStatus.Failed;
        }

        EndForwarding(question, pending);
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        if (status == FollowUpStatus.Pass)
        {
            _delivery.Answer(question, response);
        }
        else if (status == FollowUpStatus.Rewritten
            && ResponseView.TryParse(
                _followed.AsSpan(0, length), pending.CopyName(buffer), pending.Type, pending.Class,
                out ResponseView rewritten) == ResponseStatus.Ok)
        {
            _delivery.Answer(question, rewritten);
        }
        else
        {
            _delivery.Fail(question, ExtendedError.InvalidData, pending.Upstream);
        }
    }

    private void OnTimer(int question, long now)
    {
        ref PendingQuestion pending = ref _table[question];
        if (pending.ClientTimer != 0 && pending.ClientTimer <= now)
        {
            pending.ClientTimer = 0;
            _delivery.AnswerStaleMeanwhile(question);
        }

        if (pending.TryDeadline > now)
        {
            ArmTimer(question, pending);
            return;
        }

        UpstreamCounters.Add(ref pending.Upstream!.Counters.Timeouts);
        if (pending.LastError != ExtendedError.InvalidData)
        {
            // What came and could not be read says more than the silence that followed it.
            pending.LastError = ExtendedError.NoReachableAuthority;
        }

        if (!pending.IsOnTcp && pending.Socket is { } socket)
        {
            // A Service address pins a port to one pod: the next try and the next queries use another port.
            ReleaseSocket(ref pending);
            _sockets.Retire(socket);
        }

        TryNext(question);
    }

    private void ArmTimer(int question, in PendingQuestion pending) =>
        _timers.Arm(
            question,
            pending.ClientTimer == 0 ? pending.TryDeadline : Math.Min(pending.TryDeadline, pending.ClientTimer));

    private static void ReleaseSocket(ref PendingQuestion pending)
    {
        pending.Socket?.Remove(pending.QueryId);
        pending.Socket = null;
    }

    private void FlushSends()
    {
        if (_sends.Count == 0 || _sendSocket is not { } socket)
        {
            return;
        }

        _sends.Flush(socket.Socket, out _, out int dropped);
        if (dropped > 0)
        {
            // Refused, no route, blackhole: the kernel says so at once, and so the next upstream is asked at once.
            FailSocket(socket);
        }
    }

    /// <summary>Gives up a socket and lets all its questions go on to their next upstream, in this same turn.</summary>
    private void FailSocket(UpstreamSocket socket)
    {
        UpstreamCounters.Add(ref socket.Upstream.Counters.NetworkErrors);
        while (socket.Outstanding > 0)
        {
            int question = socket.Questions[0];
            ref PendingQuestion pending = ref _table[question];
            pending.LastError = ExtendedError.NetworkError;
            ReleaseSocket(ref pending);
            _timers.Cancel(question);
            _retries.Enqueue(question);
        }

        if (_sendSocket == socket)
        {
            _sendSocket = null;
        }

        _sockets.Retire(socket);
    }

    private void Finish(int question, ExtendedError error)
    {
        ref PendingQuestion pending = ref _table[question];
        UpstreamState? culprit = pending.Upstream;
        EndForwarding(question, pending);
        _delivery.Fail(question, error, culprit);
    }

    private void EndForwarding(int question, in PendingQuestion pending)
    {
        Leave(pending);
        _timers.Cancel(question);
    }
}
