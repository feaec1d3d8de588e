using System.Collections.Generic;
using System.Linq;
using NodeDns.Upstreams;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class UpstreamHealthTests
{
    private const long Start = 1_000_000;
    private static readonly HealthPlan s_plan = new(2, 500, [0], RecordType.NS, HeaderFlags.RecursionDesired, false);
    private readonly UpstreamHealth _health = new();

    [Fact]
    public void OnSilence_UpToMaxFails_StaysUp()
    {
        Assert.True(_health.OnSilence(Start + 100, Start, s_plan));
        Assert.True(_health.OnSilence(Start + 100, Start, s_plan));
        Assert.Equal((HealthStatus.Up, true), (_health.Status, _health.TryUse(Start + 100)));
    }

    [Fact]
    public void OnSilence_MoreThanMaxFailsAtOnce_IsSuspectAndPassedOver()
    {
        Fail(3, Start + 100);
        Assert.Equal(HealthStatus.Suspect, _health.Status);
        Assert.False(_health.TryUse(Start + 100));
        Assert.False(_health.IsDown);
    }

    [Fact]
    public void OnSilence_ForASecond_IsDown()
    {
        Fail(3, Start + 100);
        Fail(1, Start + UpstreamLimits.SilenceUntilDownMilliseconds);
        Assert.True(_health.IsDown);
    }

    [Fact]
    public void OnSilence_OfOneQueryWhileOthersAreAnswered_DoesNotCount()
    {
        _health.OnAnswer(Start + 50, Start + 49);
        for (int i = 0; i < 10; i++)
        {
            Assert.False(_health.OnSilence(Start + 2000, Start, s_plan));
        }

        Assert.Equal(HealthStatus.Up, _health.Status);
    }

    [Fact]
    public void OnError_MoreThanMaxFails_IsDownAtOnce()
    {
        Assert.True(_health.OnError(Start, s_plan));
        Assert.True(_health.OnError(Start, s_plan));
        Assert.False(_health.IsDown);
        Assert.True(_health.OnError(Start, s_plan));
        Assert.True(_health.IsDown);
    }

    [Fact]
    public void MaxFailsZero_NothingEverCounts()
    {
        HealthPlan never = s_plan with { MaxFails = 0 };
        for (int i = 0; i < 20; i++)
        {
            Assert.False(_health.OnError(Start + i, never));
            Assert.False(_health.OnSilence(Start + 5000 + i, Start, never));
        }

        Assert.Equal((HealthStatus.Up, 0), (_health.Status, _health.Failures));
    }

    [Fact]
    public void OnAnswer_WhileDown_IsUpAtOnceAndRemembersWhen()
    {
        List<(HealthStatus, HealthStatus)> changes = [];
        _health.Changed = (before, after) => changes.Add((before, after));
        Fail(3, Start);
        Fail(1, Start + 2000);
        _health.OnAnswer(Start + 3000, Start + 2999);
        Assert.Equal((HealthStatus.Up, 0, Start + 3000), (_health.Status, _health.Failures, _health.RecoveredAt));
        Assert.Equal(
            [
                (HealthStatus.Up, HealthStatus.Suspect), (HealthStatus.Suspect, HealthStatus.Down),
                (HealthStatus.Down, HealthStatus.Up),
            ],
            changes);
    }

    [Fact]
    public void OnProbeAnswer_WhileDown_AdmitsATrialShareOnly()
    {
        Fail(3, Start);
        Fail(1, Start + 2000);
        _health.OnProbeAnswer(Start + 2100);
        Assert.True(_health.IsDown);
        Assert.True(_health.TryUse(Start + 2100));
        Assert.False(_health.TryUse(Start + 2100));
        Assert.False(_health.TryUse(Start + 2100 + UpstreamLimits.TrialIntervalMilliseconds - 1));
        Assert.True(_health.TryUse(Start + 2100 + UpstreamLimits.TrialIntervalMilliseconds));
    }

    [Fact]
    public void OnSilence_OfATrial_EndsTheTrials()
    {
        Fail(3, Start);
        Fail(1, Start + 2000);
        _health.OnProbeAnswer(Start + 2100);
        Assert.True(_health.TryUse(Start + 2100));
        _health.OnSilence(Start + 2200, Start + 2100, s_plan);
        Assert.False(_health.TryUse(Start + 60_000));
        Assert.True(_health.IsDown);
    }

    [Fact]
    public void OnProbeAnswer_AfterFailedTrials_AdmitsTheNextOneLaterAndLater()
    {
        Fail(3, Start);
        Fail(1, Start + 2000);
        List<long> waits = [];
        long now = Start + 3000;
        for (int i = 0; i < 8; i++)
        {
            long triedAt = now;
            _health.OnProbeAnswer(now);
            Assert.True(_health.TryUse(now));
            _health.OnSilence(now + 1, now, s_plan);
            _health.OnProbeAnswer(now + 1);
            while (!_health.TryUse(now))
            {
                now++;
            }

            waits.Add(now - triedAt);
            _health.OnSilence(now + 1, now, s_plan);
            now += 10_000;
        }

        Assert.Equal(UpstreamLimits.TrialIntervalMilliseconds, waits[0]);
        Assert.Equal(UpstreamLimits.MaxTrialWaitMilliseconds, waits[^1]);
        Assert.Equal(waits.Order(), waits);
    }

    [Fact]
    public void SmoothedRtt_FollowsTheAnswers()
    {
        Assert.Equal(0, _health.SmoothedRtt);
        _health.OnAnswer(Start + 80, Start);
        Assert.Equal(80, _health.SmoothedRttMilliseconds);
        for (int i = 0; i < 100; i++)
        {
            _health.OnAnswer(Start + 8, Start);
        }

        Assert.InRange(_health.SmoothedRttMilliseconds, 8, 9);
    }

    private void Fail(int times, long now)
    {
        for (int i = 0; i < times; i++)
        {
            _health.OnSilence(now, Start, s_plan);
        }
    }
}
