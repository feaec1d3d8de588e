using System;
using NodeDns.Upstreams.Streams;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <content>What happens when time passes: hedges, stale answers meanwhile, timeouts.</content>
internal sealed partial class Forwarder
{
    /// <summary>An answer was due: the next upstream that is up is asked as well (a pod is to notice nothing).</summary>
    private void Hedge(int question, ref PendingQuestion pending, long now)
    {
        pending.HedgeAt = 0;
        ref Attempt late = ref pending.Attempts[pending.Attempts[0].IsActive ? 0 : 1];
        ref Attempt free = ref pending.Attempts[pending.Attempts[0].IsActive ? 1 : 0];
        ForwardPlan forward = ForwardOf(pending);
        ReportOverdue(ref pending, forward, now);
        if (free.IsActive)
        {
            // While stale data is at hand, it is looked at again whether there is still anybody to wait for.
            pending.HedgeAt = pending.ClientTimer == 0 ? 0 : now + forward.HedgeMilliseconds;
            return;
        }

        UpstreamState slow = late.Upstream!;
        if (pending.Tries >= forward.MaxTries || now >= pending.Deadline)
        {
            return;
        }

        // A lone upstream that answers others: behind a Service address, this port may lead to a pod that is gone.
        UpstreamState? next = forward.ChooseOther(ref pending, slow, now)
            ?? (slow.Health.HasAnsweredSince(late.SentAt) || IsConnectionSuspect(late, now) ? slow : null);
        if (next is null)
        {
            // Nobody else is up at this moment; a probe may change that before the deadline.
            pending.HedgeAt = now + forward.HedgeMilliseconds;
            return;
        }

        // Going on from an upstream that is known to fail, or that drops what is over its limit, is no hedge and costs no
        // budget.
        bool isHedge = !forward.Skips(slow) && !slow.Truncation.UsesTcp(now);
        if (isHedge && !_hedges.TryTake())
        {
            UpstreamCounters.Add(ref slow.Counters.HedgesDenied);
            pending.HedgeAt = now + forward.HedgeMilliseconds;
            return;
        }

        pending.AvoidedConnection = late.Connection;
        if (next == slow && late.Socket is { } socket)
        {
            _sockets.Retire(socket);
        }

        if (TrySend(question, ref pending, ref free, next, now))
        {
            free.IsHedge = isHedge;
            if (isHedge)
            {
                UpstreamCounters.Add(ref next.Counters.Hedges);
            }
        }
        else
        {
            pending.HedgeAt = now + 1;
            return;
        }

        pending.HedgeAt = forward.HedgeAt(next, now);
    }

    /// <summary>Silence counts before the timeout: an upstream is known to be down after a second of it.</summary>
    private static void ReportOverdue(ref PendingQuestion pending, ForwardPlan forward, long now)
    {
        foreach (ref Attempt attempt in pending.Attempts)
        {
            if (attempt.IsActive && !attempt.IsOverdue && forward.HedgeAt(attempt.Upstream!, attempt.SentAt) <= now)
            {
                attempt.IsOverdue = attempt.Upstream!.ReportSilence(now, attempt.SentAt, forward.Health);
            }
        }
    }

    /// <summary>Its connection may be half open: the same upstream on another one may answer at once.</summary>
    private static bool IsConnectionSuspect(in Attempt late, long now) =>
        late.IsOnTcp && now - late.SentAt >= StreamLimits.SuspicionMilliseconds;

    private void OnTimer(int question, long now)
    {
        ref PendingQuestion pending = ref _table[question];
        ForwardPlan forward = ForwardOf(pending);
        bool timedOut = false;
        foreach (ref Attempt attempt in pending.Attempts)
        {
            if (attempt.IsActive && attempt.Deadline <= now)
            {
                timedOut = true;
                OnTimeout(ref pending, ref attempt, forward, now);
            }
        }

        if (pending.IsLingering)
        {
            CloseIfDone(question);
            return;
        }

        if (!timedOut && pending.HedgeAt != 0 && pending.HedgeAt <= now)
        {
            Hedge(question, ref pending, now);
        }

        if (pending.ClientTimer != 0 && (pending.ClientTimer <= now || forward.AreAllDown))
        {
            pending.ClientTimer = 0;
            _delivery.AnswerStaleMeanwhile(question);
        }

        if (timedOut)
        {
            OnAttemptFailed(question);
        }
        else
        {
            ArmTimer(question, pending);
        }
    }

    private void OnTimeout(ref PendingQuestion pending, ref Attempt attempt, ForwardPlan forward, long now)
    {
        UpstreamState upstream = attempt.Upstream!;
        UpstreamCounters.Add(ref upstream.Counters.Timeouts);
        if (!attempt.IsOverdue)
        {
            upstream.ReportSilence(now, attempt.SentAt, forward.Health);
        }

        if (pending.LastError != ExtendedError.InvalidData)
        {
            // What came and could not be read says more than the silence that followed it.
            pending.LastError = ExtendedError.NoReachableAuthority;
        }

        UpstreamSocket? socket = attempt.Socket;
        pending.AvoidedConnection = attempt.Connection;
        Release(ref attempt);
        if (socket is not null)
        {
            // A Service address pins a port to one pod: the next try and the next queries use another port.
            _sockets.Retire(socket);
        }
    }

    private void ArmTimer(int question, in PendingQuestion pending)
    {
        long due = pending.Deadline;
        foreach (ref readonly Attempt attempt in pending.Attempts)
        {
            due = attempt.IsActive ? Math.Min(due, attempt.Deadline) : due;
        }

        if (!pending.IsLingering)
        {
            due = pending.HedgeAt == 0 ? due : Math.Min(due, pending.HedgeAt);
            due = pending.ClientTimer == 0 ? due : Math.Min(due, pending.ClientTimer);
        }

        _timers.Arm(question, due);
    }
}
