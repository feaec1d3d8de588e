using System;
using System.Collections.Generic;
using NodeDns.Cache;
using NodeDns.Linux.Sockets;
using NodeDns.Metrics;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>One worker's forwarding: sends questions, matches answers, hedges, tries again, gives up.</summary>
/// <remarks>
/// Only the worker's own thread calls it; other threads leave messages in its inbox. A question goes through
/// <c>Start → TryNext → (Hedge) → OnResponse → Answer | TryNext | Finish</c>; each arrow is a method here. It is with two
/// upstreams at most at one time, its two <see cref="Attempt"/>s.
/// </remarks>
internal sealed partial class Forwarder : IDisposable
{
    private readonly Clock _clock;
    private readonly InFlightTable _table;
    private readonly AnswerDelivery _delivery;
    private readonly WorkerCounters _counters;
    private readonly UpstreamSocketTable _sockets;
    private readonly QuerySender _sender;
    private readonly TimerWheel _timers;
    private readonly RandomPool _random = new();
    private readonly ReceiveBatch _received = new(UpstreamLimits.BatchSlots, UpstreamLimits.DatagramBytes, false);
    private readonly Queue<(int Question, int Use)> _retries = new();
    private readonly int[] _due = new int[64];
    private readonly byte[] _followed = new byte[WireLimits.MaxMessageLength];
    private HedgeBudget _hedges;

    public Forwarder(Clock clock, InFlightTable table, AnswerDelivery delivery, WorkerCounters counters, Epoll epoll, ulong tagKind)
    {
        _counters = counters;
        _clock = clock;
        _table = table;
        _delivery = delivery;
        Inbox = new WorkerInbox();
        _sockets = new UpstreamSocketTable(epoll, _random, tagKind);
        _sender = new QuerySender(table, _sockets, _random, Inbox);
        _timers = new TimerWheel(UpstreamLimits.MaxQuestions, clock.NowMilliseconds);
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
        pending.AvoidedConnection = 0;
        pending.WithoutEdns = false;
        pending.Upstream = null;
        if (TryNextForward(ref pending, ExtendedError.NotReady))
        {
            TryNext(question);
        }
        else
        {
            Finish(question);
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
            _sender.Flush();
            TakeFailedSockets();
            while (_retries.TryDequeue(out (int Question, int Use) retry))
            {
                // In the meantime its other attempt may have answered it.
                if (_table[retry.Question].Use == retry.Use)
                {
                    OnAttemptFailed(retry.Question);
                }

                TakeFailedSockets();
            }
        }
        while (_sender.Queued > 0);
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _received.Dispose();
        _sender.Dispose();
        Inbox.Dispose();
    }

    private static ForwardPlan ForwardOf(in PendingQuestion pending) =>
        QuerySender.RouteOf(pending).Forwards[pending.ForwardIndex];

    /// <summary>Goes to the next <c>forward</c> line that takes the name.</summary>
    /// <param name="otherwise">Why the question ends here when there is none.</param>
    private bool TryNextForward(ref PendingQuestion pending, ExtendedError otherwise)
    {
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        ReadOnlySpan<byte> name = QuerySender.AskedName(pending, buffer);
        ForwardPlan[] forwards = QuerySender.RouteOf(pending).Forwards;
        for (int i = pending.ForwardIndex + 1; i < forwards.Length; i++)
        {
            if (!forwards[i].Takes(name))
            {
                continue;
            }

            if (!forwards[i].TryEnter())
            {
                _table.CountConcurrencyReject();
                otherwise = ExtendedError.Other;
                break;
            }

            Leave(pending);
            if (forwards[i].Upstreams.Length == 0)
            {
                // Names of upstreams that could not be resolved yet.
                pending.LastError = ExtendedError.NotReady;
            }

            pending.ForwardIndex = i;
            pending.Tries = 0;
            pending.Tried = 0;
            pending.FirstUpstream = forwards[i].FirstUpstream(_random);
            if (forwards[i].AreAllDown)
            {
                _counters.HealthcheckBroken++;

                // They are tried anyway, but nobody should wait for the whole deadline.
                pending.Deadline = Math.Min(
                    pending.Deadline,
                    _clock.NowMilliseconds
                    + Math.Min(forwards[i].ReadTimeoutMilliseconds, UpstreamLimits.DownDeadlineMilliseconds));
            }

            return true;
        }

        pending.LastError = otherwise;
        return false;
    }

    private static void Leave(in PendingQuestion pending)
    {
        if (pending.ForwardIndex >= 0)
        {
            ForwardOf(pending).Leave();
        }
    }

    /// <summary>Asks the next upstream in order, until one took the query or none is left.</summary>
    private void TryNext(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        ForwardPlan forward = ForwardOf(pending);
        long now = _clock.NowMilliseconds;
        while (pending.Tries < forward.MaxTries && now < pending.Deadline
            && forward.Choose(ref pending, now) is { } upstream)
        {
            if (TrySend(question, ref pending, ref pending.Attempts[0], upstream, now))
            {
                pending.HedgeAt = forward.HedgeAt(upstream, now);
                ArmTimer(question, pending);
                _hedges.OnQuery();
                return;
            }
        }

        Finish(question);
    }

    private bool TrySend(int question, ref PendingQuestion pending, ref Attempt attempt, UpstreamState upstream, long now)
    {
        ForwardPlan forward = ForwardOf(pending);
        pending.Tries++;
        pending.Upstream = upstream;
        attempt = default;
        attempt.SentAt = now;
        attempt.SentAtMicroseconds = _clock.NowMicroseconds;
        attempt.Deadline = Math.Min(now + forward.ReadTimeoutMilliseconds, pending.Deadline);
        UpstreamCounters.Add(ref upstream.Counters.Queries);
        bool overStream = forward.ForceTcp || (pending.WantsTcp && !forward.PreferUdp) || upstream.IsStreamOnly
            || upstream.Truncation.UsesTcp(now);
        bool sent = overStream
            ? _sender.TrySendOnStream(question, ref attempt, upstream, now)
            : _sender.TrySendOnUdp(question, ref attempt, forward, upstream, now);
        attempt.Upstream = sent ? upstream : null;
        return sent;
    }

    /// <summary>An attempt came to nothing: the other one may still bring an answer, or else the next upstream is asked.</summary>
    private void OnAttemptFailed(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        if (pending.IsLingering)
        {
            CloseIfDone(question);
            return;
        }

        if (!pending.HasActive)
        {
            if (ForwardOf(pending).AreAllDown && !_table.HasWaiters(question))
            {
                // Whoever asked has been given stale data. It is the probes that find out when somebody is back.
                Finish(question);
                return;
            }

            TryNext(question);
            return;
        }

        long hedge = ForwardOf(pending).HedgeMilliseconds;
        pending.HedgeAt = hedge == 0 ? 0 : _clock.NowMilliseconds + hedge;
        ArmTimer(question, pending);
    }

    private void AskOverTcp(int question, ref PendingQuestion pending, ref Attempt attempt, UpstreamState upstream)
    {
        pending.WantsTcp = true;
        ForwardPlan forward = ForwardOf(pending);
        long now = _clock.NowMilliseconds;
        bool wasOverdue = attempt.IsOverdue;
        attempt = default;
        attempt.IsOverdue = wasOverdue;
        attempt.SentAt = now;
        attempt.SentAtMicroseconds = _clock.NowMicroseconds;
        attempt.Deadline = Math.Min(now + forward.ReadTimeoutMilliseconds, pending.Deadline);
        if (_sender.TrySendOnStream(question, ref attempt, upstream, now))
        {
            attempt.Upstream = upstream;
            ArmTimer(question, pending);
        }
        else
        {
            OnAttemptFailed(question);
        }
    }

    private void OnResponse(
        int question, ref PendingQuestion pending, ref Attempt attempt, in ResponseView response, bool isCut)
    {
        UpstreamState upstream = attempt.Upstream!;
        bool isOnTcp = attempt.IsOnTcp;
        bool isHedge = attempt.IsHedge;
        long answeredAt = _clock.NowMilliseconds;
        QuerySender.RouteOf(pending).Tap?.ForwarderResponse(
            upstream.Address, QuerySender.ProtocolOf(upstream, isOnTcp), response.Message,
            (answeredAt - attempt.SentAt) * 1000);
        upstream.Health.OnAnswer(answeredAt, attempt.SentAt);
        UpstreamCounters.Add(ref upstream.Counters.Answers);
        upstream.Counters.Latency.Add(response.Rcode, _clock.NowMicroseconds - attempt.SentAtMicroseconds);
        if (!isOnTcp)
        {
            upstream.OnUdpAnswer(answeredAt, isCut || response.IsTruncated);
        }

        Release(ref attempt);
        if (pending.IsLingering)
        {
            CloseIfDone(question);
            return;
        }

        pending.Upstream = upstream;
        if (isCut || (response.IsTruncated && !isOnTcp))
        {
            UpstreamCounters.Add(ref upstream.Counters.Truncated);
            AskOverTcp(question, ref pending, ref attempt, upstream);
            return;
        }

        bool dnssecOk = (pending.KeyFlags & CacheKeyFlags.DnssecOk) != 0;
        if (response.Rcode is ResponseCode.FormatError or ResponseCode.NotImplemented && !pending.WithoutEdns && !dnssecOk)
        {
            // RFC 6891 §6.2.2: it may be our OPT that the server cannot take (E11).
            long now = _clock.NowMilliseconds;
            pending.WithoutEdns = true;
            pending.Tries--;
            upstream.LeaveOutEdns(now);
            if (TrySend(question, ref pending, ref attempt, upstream, now))
            {
                ArmTimer(question, pending);
            }
            else
            {
                OnAttemptFailed(question);
            }

            return;
        }

        ForwardPlan forward = ForwardOf(pending);
        bool isGood = response.Shape != AnswerShape.OtherError;
        if ((!isGood && pending.HasActive)
            || (forward.FailsOverOn(response.Rcode) && pending.Tries < forward.Upstreams.Length))
        {
            // The first good answer wins: the other upstream may have one.
            OnAttemptFailed(question);
            return;
        }

        if (isHedge && isGood)
        {
            UpstreamCounters.Add(ref upstream.Counters.HedgeWins);
        }

        if (forward.PassesOn(response) && TryNextForward(ref pending, ExtendedError.None))
        {
            ReleaseAll(ref pending);
            TryNext(question);
            return;
        }

        Deliver(question, ref pending, response);
    }

    private void Deliver(int question, ref PendingQuestion pending, in ResponseView response)
    {
        if (pending.FollowUp is null)
        {
            EndForwarding(question, pending);
            _delivery.Answer(question, response);
            Close(question);
            return;
        }

        FollowUpStatus status = pending.FollowUp.Continue(response, _followed, out int length);
        ReleaseAll(ref pending);
        if (status == FollowUpStatus.AskNext)
        {
            Leave(pending);
            pending.ForwardIndex = -1;
            if (TryNextForward(ref pending, ExtendedError.None))
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

        Close(question);
    }

    /// <summary>Takes a query off its socket; what still comes for it is not waited for.</summary>
    private void Release(ref Attempt attempt)
    {
        UpstreamSocket? socket = attempt.Socket;
        attempt.Socket = null;
        attempt.Upstream = null;
        if (socket is not null)
        {
            socket.Remove(attempt.QueryId);
            if (!_sender.HasQueuedOn(socket))
            {
                _sockets.CloseIfDone(socket);
            }
        }
    }

    private void ReleaseAll(ref PendingQuestion pending)
    {
        foreach (ref Attempt attempt in pending.Attempts)
        {
            Release(ref attempt);
        }
    }

    private void Finish(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        UpstreamState? culprit = pending.Upstream;
        EndForwarding(question, pending);
        _delivery.Fail(question, pending.LastError, culprit);
        Close(question);
    }

    private void EndForwarding(int question, in PendingQuestion pending)
    {
        Leave(pending);
        _timers.Cancel(question);
    }

    /// <summary>The question is answered. Its place is free, once the slower upstream has shown whether it answers.</summary>
    private void Close(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        if (pending.HasActive && _table.Count > UpstreamLimits.MaxQuestions / 2)
        {
            ReleaseAll(ref pending);
        }

        pending.IsLingering = true;
        CloseIfDone(question);
    }

    private void CloseIfDone(int question)
    {
        ref PendingQuestion pending = ref _table[question];
        if (pending.HasActive)
        {
            ArmTimer(question, pending);
        }
        else
        {
            _timers.Cancel(question);
            _table.FreeQuestion(question);
        }
    }
}
