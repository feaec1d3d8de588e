using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Upstreams.Streams;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class ForwardPlanTests
{
    private const long Now = 2_000_000;
    private readonly UpstreamState[] _upstreams;
    private readonly RandomPool _random = new();

    public ForwardPlanTests()
    {
        UpstreamRegistry registry = new(new Clock());
        _upstreams =
        [
            .. Enumerable.Range(1, 3).Select(i =>
                registry.Get(PeerAddress.From(new IPEndPoint(IPAddress.Parse($"192.0.2.{i}"), 53)), Transport.Dns)),
        ];
    }

    [Fact]
    public void Choose_AllUp_GoesThroughTheListAndAround()
    {
        Assert.Equal([0, 1, 2, 0, 1, 2], Choices(Plan(), 6));
    }

    [Fact]
    public void Choose_FirstDown_IsPassedOver()
    {
        Down(0);
        Assert.Equal([1, 2, 1, 2], Choices(Plan(), 4));
    }

    [Fact]
    public void Choose_AllDown_EachIsTriedAnywayAndAgain()
    {
        Down(0, 1, 2);
        Assert.Equal([0, 1, 2, 0, 1, 2], Choices(Plan(), 6));
        Assert.True(Plan().AreAllDown);
    }

    [Fact]
    public void Choose_AllDownAndFailfast_NobodyIsAsked()
    {
        Down(0, 1, 2);
        Assert.Equal([-1], Choices(Plan(failfast: true), 1));
    }

    [Fact]
    public void Choose_MaxFailsZero_NobodyIsPassedOver()
    {
        Down(0, 1, 2);
        Assert.Equal([0, 1, 2, 0], Choices(Plan(maxFails: 0), 4));
        Assert.False(Plan(maxFails: 0).AreAllDown);
    }

    [Fact]
    public void Choose_DownButProbeAnswered_OneQuestionTriesIt()
    {
        Down(0);
        _upstreams[0].Health.OnProbeAnswer(Now);
        ForwardPlan plan = Plan();
        Assert.Equal([0], Choices(plan, 1));
        Assert.Equal([1], Choices(plan, 1));
    }

    [Fact]
    public void ChooseOther_OnlyOneUp_IsNull()
    {
        Down(1, 2);
        PendingQuestion pending = default;
        Assert.Null(Plan().ChooseOther(ref pending, _upstreams[0], Now));
    }

    [Fact]
    public void FirstUpstream_Fastest_IsTheOneThatAnswersSoonestAndOthersNowAndThen()
    {
        _upstreams[0].Health.OnAnswer(Now, Now - 30);
        _upstreams[1].Health.OnAnswer(Now, Now - 5);
        _upstreams[2].Health.OnAnswer(Now, Now - 20);
        ForwardPlan plan = Plan(UpstreamSelection.Fastest);
        int[] chosen = new int[3];
        for (int i = 0; i < 3000; i++)
        {
            chosen[plan.FirstUpstream(_random)]++;
        }

        Assert.InRange(chosen[1], 2850, 2999);
        Assert.True(chosen[0] > 0 && chosen[2] > 0);

        Down(1);
        Assert.Contains(2, Enumerable.Range(0, 20).Select(_ => plan.FirstUpstream(_random)));
    }

    [Fact]
    public void FirstUpstream_RoundRobin_TakesTurns()
    {
        ForwardPlan plan = Plan(UpstreamSelection.RoundRobin);
        List<int> first = [.. Enumerable.Range(0, 6).Select(_ => plan.FirstUpstream(_random))];
        Assert.Equal(first.Take(3), first.Skip(3));
        Assert.Equal([0, 1, 2], first.Take(3).Order());
    }

    [Fact]
    public void HedgeAt_SlowUpstream_WaitsForThreeRoundTrips()
    {
        Assert.Equal(Now + 100, Plan().HedgeAt(_upstreams[0], Now));
        _upstreams[0].Health.OnAnswer(Now, Now - 200);
        Assert.Equal(Now + 600, Plan().HedgeAt(_upstreams[0], Now));
        _upstreams[1].Health.OnAnswer(Now, Now - 5000);
        Assert.Equal(Now + UpstreamLimits.MaxHedgeMilliseconds, Plan().HedgeAt(_upstreams[1], Now));
        Assert.Equal(0, Plan(hedge: null).HedgeAt(_upstreams[0], Now));
    }

    private ForwardPlan Plan(
        UpstreamSelection policy = UpstreamSelection.Sequential, bool failfast = false, int maxFails = 2, int? hedge = 100)
    {
        ForwardConfig config = new()
        {
            Upstreams = [],
            Policy = policy,
            Failfast = failfast,
            Hedge = hedge is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        };
        HealthPlan health = new(maxFails, 500, [0], RecordType.NS, HeaderFlags.RecursionDesired, false);
        return new ForwardPlan(config, _upstreams, [.. _upstreams.Select(_ => StreamRules.Default)], health, [0], []);
    }

    /// <summary>Whom one question is sent to, try after try; -1 for nobody.</summary>
    private int[] Choices(ForwardPlan plan, int tries)
    {
        PendingQuestion pending = default;
        int[] choices = new int[tries];
        for (int i = 0; i < tries; i++)
        {
            choices[i] = Array.IndexOf(_upstreams, plan.Choose(ref pending, Now));
        }

        return choices;
    }

    private void Down(params int[] places)
    {
        HealthPlan plan = new(2, 500, [0], RecordType.NS, HeaderFlags.RecursionDesired, false);
        foreach (int place in places)
        {
            for (int i = 0; i < 3; i++)
            {
                _upstreams[place].Health.OnError(Now, plan);
            }
        }
    }
}
