using System;
using System.Buffers;
using NodeDns.Linux.Syscalls;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <content>What comes back: datagrams, words of connections, errors of the network.</content>
internal sealed partial class Forwarder
{
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
            FailSocket(socket, result.Error);
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
            foreach (ref Attempt attempt in pending.Attempts)
            {
                if (attempt.IsActive && attempt.IsOnTcp && attempt.Generation == item.Generation)
                {
                    OnConnectionItem(item, ref pending, ref attempt);
                    break;
                }
            }

            if (item.Message is not null)
            {
                ArrayPool<byte>.Shared.Return(item.Message);
            }
        }
    }

    private void OnDatagram(UpstreamSocket socket, ReadOnlySpan<byte> datagram, bool isCut)
    {
        UpstreamCounters counters = socket.Upstream.Counters;
        ushort id = datagram.Length < WireLimits.HeaderLength ? (ushort)0 : MessageHeader.GetId(datagram);
        int question = datagram.Length < WireLimits.HeaderLength ? -1 : socket.Find(id);
        if (question < 0)
        {
            OnStrayDatagram(socket, datagram);
            return;
        }

        ref PendingQuestion pending = ref _table[question];
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        ResponseStatus status = ResponseView.TryParse(
            datagram, QuerySender.AskedName(pending, buffer), QuerySender.AskedType(pending), pending.Class,
            out ResponseView response);
        bool isAnswer = status is ResponseStatus.Ok or ResponseStatus.HeaderOnlyError
            || (isCut && status == ResponseStatus.Malformed);
        if (!isAnswer)
        {
            // Not what was asked: keep waiting, the true answer may follow (F1, TuDoor). The wait ends by its timer.
            if (status == ResponseStatus.Malformed)
            {
                pending.LastError = ExtendedError.InvalidData;
            }

            Count(counters, status);
            return;
        }

        ref Attempt attempt = ref AttemptOn(ref pending, socket);
        if (attempt.CaseBits != 0 && status == ResponseStatus.Ok)
        {
            bool isRepeated = MixedCase.Matches(
                datagram.Slice(WireLimits.HeaderLength, QuerySender.AskedLength(pending)), attempt.CaseBits);
            socket.Upstream.OnCase(_clock.NowMilliseconds, isRepeated);
            if (!isRepeated)
            {
                OnOtherCase(question, ref pending, ref attempt);
                return;
            }
        }

        OnResponse(question, ref pending, ref attempt, response, isCut);
    }

    /// <summary>
    /// The right id and name in other letters: somebody guesses, or the server does not repeat them. TCP tells which.
    /// </summary>
    private void OnOtherCase(int question, ref PendingQuestion pending, ref Attempt attempt)
    {
        UpstreamState upstream = attempt.Upstream!;
        UpstreamCounters.Add(ref upstream.Counters.Ignored);
        Release(ref attempt);
        if (pending.IsLingering)
        {
            CloseIfDone(question);
            return;
        }

        UpstreamCounters.Add(ref upstream.Counters.NearMisses);
        AskOverTcp(question, ref pending, ref attempt, upstream);
    }

    /// <summary>
    /// A datagram whose id nobody waits for. When it answers a question of this port, someone is guessing ids: that
    /// query goes over TCP (RFC 5452 §9.3) and the upstream is not blamed.
    /// </summary>
    private void OnStrayDatagram(UpstreamSocket socket, ReadOnlySpan<byte> datagram)
    {
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        UpstreamCounters.Add(ref socket.Upstream.Counters.Ignored);
        UpstreamCounters.Add(ref socket.Upstream.Counters.WrongIds);
        foreach (int question in socket.Questions)
        {
            ref PendingQuestion pending = ref _table[question];
            ResponseStatus status = ResponseView.TryParse(
                datagram, QuerySender.AskedName(pending, buffer), QuerySender.AskedType(pending), pending.Class, out _);
            if (status == ResponseStatus.Ok && !pending.IsLingering)
            {
                UpstreamCounters.Add(ref socket.Upstream.Counters.NearMisses);
                ref Attempt attempt = ref AttemptOn(ref pending, socket);
                Release(ref attempt);
                AskOverTcp(question, ref pending, ref attempt, socket.Upstream);
                return;
            }
        }
    }

    private static void Count(UpstreamCounters counters, ResponseStatus status)
    {
        UpstreamCounters.Add(ref status == ResponseStatus.Malformed ? ref counters.Malformed : ref counters.Ignored);
        if (status == ResponseStatus.WrongQuestion)
        {
            UpstreamCounters.Add(ref counters.WrongQuestions);
        }
        else if (status != ResponseStatus.Malformed)
        {
            UpstreamCounters.Add(ref counters.NotResponses);
        }
    }

    private static ref Attempt AttemptOn(ref PendingQuestion pending, UpstreamSocket socket) =>
        ref pending.Attempts[pending.Attempts[0].Socket == socket ? 0 : 1];

    private void OnConnectionItem(in InboxItem item, ref PendingQuestion pending, ref Attempt attempt)
    {
        UpstreamState upstream = attempt.Upstream!;
        long now = _clock.NowMilliseconds;
        if (item.Kind == InboxKind.Answer)
        {
            Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
            ResponseStatus status = ResponseView.TryParse(
                item.Message.AsSpan(0, item.Length), QuerySender.AskedName(pending, buffer),
                QuerySender.AskedType(pending), pending.Class, out ResponseView response);
            if (status is ResponseStatus.Ok or ResponseStatus.HeaderOnlyError && !response.IsTruncated)
            {
                OnResponse(item.Question, ref pending, ref attempt, response, isCut: false);
                return;
            }

            UpstreamCounters.Add(ref upstream.Counters.Malformed);
            pending.LastError = ExtendedError.InvalidData;
            Release(ref attempt);
            OnAttemptFailed(item.Question);
            return;
        }

        UpstreamCounters.Add(ref upstream.Counters.ConnectionsLost);
        pending.LastError = ExtendedError.NetworkError;
        Release(ref attempt);
        if (!pending.IsLingering && item.Reused && pending.Losses++ < UpstreamLimits.MaxConnectionLosses)
        {
            // An idle connection that the server just closed: ask again at once, on a new one.
            pending.AvoidedConnection = StreamQuery.FreshOnly;
            AskOverTcp(item.Question, ref pending, ref attempt, upstream);
            return;
        }

        // Of a connection that stood, only a question that was lost again and again is a sign; an answered one is none.
        if (item.IsBlamed && !(item.Reused && pending.IsLingering))
        {
            UpstreamCounters.Add(ref upstream.Counters.NetworkErrors);
            upstream.ReportError(now, ForwardOf(pending).Health);
        }

        OnAttemptFailed(item.Question);
    }

    private void TakeFailedSockets()
    {
        while (_sender.Failed.TryDequeue(out (UpstreamSocket Socket, int Error) failed))
        {
            FailSocket(failed.Socket, failed.Error);
        }
    }

    /// <summary>Gives up a socket and lets all its questions go on to their next upstream, in this same turn.</summary>
    private void FailSocket(UpstreamSocket socket, int error)
    {
        UpstreamCounters.Add(ref socket.Upstream.Counters.NetworkErrors);
        if (error == Errno.ECONNREFUSED)
        {
            UpstreamCounters.Add(ref socket.Upstream.Counters.Refused);
        }

        long now = _clock.NowMilliseconds;
        bool isReported = false;
        while (socket.Outstanding > 0)
        {
            int question = socket.Questions[0];
            ref PendingQuestion pending = ref _table[question];
            if (!isReported)
            {
                isReported = true;
                socket.Upstream.ReportError(now, ForwardOf(pending).Health);
            }

            pending.LastError = ExtendedError.NetworkError;
            Release(ref AttemptOn(ref pending, socket));
            _timers.Cancel(question);
            _retries.Enqueue((question, pending.Use));
        }

        _sender.Forget(socket);
        _sockets.Retire(socket);
    }
}
