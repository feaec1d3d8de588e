using System;
using System.Threading;

namespace NodeDns.Upstreams;

/// <summary>Whether one upstream answers, learned from the real queries first and from probes second.</summary>
/// <remarks>
/// Written by every worker and by the probe, without a lock: two failures at one moment may count as one, which the next
/// one makes good. A failure is held against an upstream only while it has answered nothing since that query was sent,
/// so one name that takes long says nothing about the rest. Only a real answer makes it up again; a probe's answer lets
/// a few real queries through to find out.
/// </remarks>
internal sealed class UpstreamHealth
{
    private int _status;
    private int _failures;
    private long _silentSince;
    private long _answeredAt;
    private long _recoveredAt;
    private long _downSince;
    private long _nextTrialAt = long.MaxValue;
    private long _triedAt;
    private long _trialWait;
    private long _probedAt;
    private int _smoothedRtt;

    /// <summary>Told of each change, from and to, by the thread that found out.</summary>
    public Action<HealthStatus, HealthStatus>? Changed { get; set; }

    public HealthStatus Status => (HealthStatus)Volatile.Read(ref _status);

    public bool IsDown => Status == HealthStatus.Down;

    /// <summary>Failures since the last answer.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>When it last came back from being down; 0 for never.</summary>
    public long RecoveredAt => Volatile.Read(ref _recoveredAt);

    public long DownSince => Volatile.Read(ref _downSince);

    /// <summary>Smoothed time to its answers in sixteenths of a millisecond; 0 before the first.</summary>
    public int SmoothedRtt => Volatile.Read(ref _smoothedRtt);

    public long SmoothedRttMilliseconds => (SmoothedRtt + 15) / 16;

    public bool HasAnsweredSince(long moment) => Volatile.Read(ref _answeredAt) > moment;

    /// <summary>A well-formed answer to a real query.</summary>
    public void OnAnswer(long now, long sentAt)
    {
        // One more than measured, so that an answer within the same millisecond is not "never measured".
        int sample = (int)Math.Clamp((now - sentAt) * 16, 1, UpstreamLimits.MaxRttMilliseconds * 16);
        int before = SmoothedRtt;
        Volatile.Write(ref _smoothedRtt, before == 0 ? sample : before + ((sample - before) / 8));
        Volatile.Write(ref _answeredAt, now);
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
            Volatile.Write(ref _nextTrialAt, long.MaxValue);
            Volatile.Write(ref _trialWait, 0);
            ChangeTo(HealthStatus.Up, now);
        }
    }

    /// <summary>A real query or a probe without an answer in time; true when it counts.</summary>
    public bool OnSilence(long now, long sentAt, HealthPlan plan)
    {
        if (plan.MaxFails == 0 || HasAnsweredSince(sentAt))
        {
            return false;
        }

        if (Interlocked.Increment(ref _failures) == 1)
        {
            Volatile.Write(ref _silentSince, sentAt);
        }

        if (sentAt >= Volatile.Read(ref _probedAt))
        {
            EndTrials();
        }

        if (Failures > plan.MaxFails)
        {
            bool isLong = now - Volatile.Read(ref _silentSince) >= UpstreamLimits.SilenceUntilDownMilliseconds;
            ChangeTo(isLong || IsDown ? HealthStatus.Down : HealthStatus.Suspect, now);
        }

        return true;
    }

    /// <summary>The network said that nobody is there; true when it counts.</summary>
    /// <remarks>
    /// Suspected at the first word of it: routers say it once or twice and then drop what comes in silence (Linux sends one
    /// such ICMP a second to each host), so that the next question might have to wait.
    /// </remarks>
    public bool OnError(long now, HealthPlan plan)
    {
        if (plan.MaxFails == 0)
        {
            return false;
        }

        if (Interlocked.Increment(ref _failures) == 1)
        {
            Volatile.Write(ref _silentSince, now);
        }

        EndTrials();
        if (Failures > plan.MaxFails)
        {
            ChangeTo(HealthStatus.Down, now);
        }
        else if (Status == HealthStatus.Up)
        {
            ChangeTo(HealthStatus.Suspect, now);
        }

        return true;
    }

    /// <summary>A probe was answered: a share of the real queries may find out whether those are, too.</summary>
    public void OnProbeAnswer(long now)
    {
        Volatile.Write(ref _probedAt, now);
        if (Failures != 0)
        {
            Volatile.Write(ref _nextTrialAt, Math.Max(now, Volatile.Read(ref _triedAt) + Volatile.Read(ref _trialWait)));
        }
    }

    /// <summary>Whether it is down and no probe was answered that would give it another chance.</summary>
    public bool IsGivenUp(long now) => IsDown && Volatile.Read(ref _nextTrialAt) > now;

    /// <summary>Whether it is down and the next question may find out that it is not any more.</summary>
    public bool IsTrialDue(long now) => IsDown && Volatile.Read(ref _nextTrialAt) <= now;

    /// <summary>Whether a question may go to it now; each trial of an upstream that is not up is given to one question.</summary>
    public bool TryUse(long now)
    {
        if (Status == HealthStatus.Up)
        {
            return true;
        }

        long next = Volatile.Read(ref _nextTrialAt);
        if (next > now || Interlocked.CompareExchange(
            ref _nextTrialAt, now + UpstreamLimits.TrialIntervalMilliseconds, next) != next)
        {
            return false;
        }

        Volatile.Write(ref _triedAt, now);
        return true;
    }

    /// <summary>No more trials until a probe is answered again, and each time it takes longer.</summary>
    private void EndTrials()
    {
        if (Interlocked.Exchange(ref _nextTrialAt, long.MaxValue) != long.MaxValue && Status != HealthStatus.Up)
        {
            long wait = Math.Max(UpstreamLimits.TrialIntervalMilliseconds, Volatile.Read(ref _trialWait) * 2);
            Volatile.Write(ref _trialWait, Math.Min(wait, UpstreamLimits.MaxTrialWaitMilliseconds));
        }
    }

    private void ChangeTo(HealthStatus status, long now)
    {
        HealthStatus before = (HealthStatus)Interlocked.Exchange(ref _status, (int)status);
        if (before == status)
        {
            return;
        }

        if (status == HealthStatus.Down)
        {
            Volatile.Write(ref _downSince, now);
        }
        else if (before == HealthStatus.Down)
        {
            Volatile.Write(ref _recoveredAt, now);
        }

        Changed?.Invoke(before, status);
    }
}
