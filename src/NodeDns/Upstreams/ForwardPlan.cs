using System;
using System.Threading;
using NodeDns.Config;
using NodeDns.Upstreams.Streams;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>One <c>forward</c> line, compiled.</summary>
internal sealed class ForwardPlan
{
    private readonly byte[] _from;
    private readonly byte[][] _except;
    private readonly ulong _failover;
    private readonly ulong _next;
    private readonly bool _nextOnNodata;
    private readonly StreamRules[] _streams;
    private int _turn;
    private int _inFlight;

    /// <param name="streams">What holds for the connections to each upstream.</param>
    public ForwardPlan(
        ForwardConfig config, UpstreamState[] upstreams, StreamRules[] streams, HealthPlan health, byte[] from, byte[][] except)
    {
        _streams = streams;
        _from = from;
        _except = except;
        Upstreams = upstreams;
        Policy = config.Policy;
        ForceTcp = config.ForceTcp;
        PreferUdp = config.PreferUdp;
        MixesCase = config.MixCase;
        ReadTimeoutMilliseconds = (long)config.ReadTimeout.TotalMilliseconds;
        MaxConcurrent = config.MaxConcurrent;
        Health = health;
        HedgeMilliseconds = config.Hedge is { } hedge ? (long)hedge.TotalMilliseconds : 0;
        IsFailfast = config.Failfast;
        MaxTries = config.MaxConnectAttempts switch
        {
            null => upstreams.Length * UpstreamLimits.TriesPerUpstream,
            0 => UpstreamLimits.MaxTries,
            int attempts => Math.Min(attempts, UpstreamLimits.MaxTries),
        };
        SourceAddress = config.SourceAddress is { } source ? NodeDns.Linux.Sockets.PeerAddress.From(source, 0) : null;
        foreach (ushort rcode in config.Failover)
        {
            _failover |= Bit(rcode);
        }

        foreach (ushort rcode in config.Next)
        {
            _next |= Bit(rcode);
        }

        _nextOnNodata = config.NextOnNodata;
    }

    public UpstreamState[] Upstreams { get; }

    public UpstreamSelection Policy { get; }

    public bool ForceTcp { get; }

    public bool PreferUdp { get; }

    /// <summary>Whether capitals of the name are part of what an answer over UDP must repeat.</summary>
    public bool MixesCase { get; }

    public HealthPlan Health { get; }

    /// <summary>0 for no hedging.</summary>
    public long HedgeMilliseconds { get; }

    /// <summary>SERVFAIL at once when every upstream is down; otherwise they are tried anyway.</summary>
    public bool IsFailfast { get; }

    public long ReadTimeoutMilliseconds { get; }

    public int MaxTries { get; }

    /// <summary>Questions of this line in flight at one time; 0 for no limit.</summary>
    public int MaxConcurrent { get; }

    public NodeDns.Linux.Sockets.PeerAddress? SourceAddress { get; }

    /// <summary>This plan is served now: its rules hold for the connections to its upstreams.</summary>
    public void Activate()
    {
        for (int i = 0; i < Upstreams.Length; i++)
        {
            Upstreams[i].Stream?.Apply(_streams[i]);
        }
    }

    /// <summary>FROM itself is never excepted, as in CoreDNS.</summary>
    public bool Takes(ReadOnlySpan<byte> foldedName)
    {
        if (!DomainName.IsSameOrBelow(foldedName, _from))
        {
            return false;
        }

        foreach (byte[] except in _except)
        {
            if (DomainName.IsSameOrBelow(foldedName, except) && !foldedName.SequenceEqual(_from))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where in the list a question begins; its further tries go on from there.</summary>
    public int FirstUpstream(RandomPool random) => Upstreams.Length < 2 ? 0 : Policy switch
    {
        UpstreamSelection.Sequential => 0,
        UpstreamSelection.RoundRobin => (int)((uint)Interlocked.Increment(ref _turn) % (uint)Upstreams.Length),
        UpstreamSelection.Fastest when random.NextUInt16() % UpstreamLimits.QuestionsPerExploration != 0 => Fastest(),
        _ => random.NextUInt16() % Upstreams.Length,
    };

    /// <summary>
    /// The next upstream of a question: in order, the ones that are up first; when all of those were asked, they are
    /// asked again; when none is up, the others are tried anyway, once each. Null when there is nobody left to ask.
    /// </summary>
    public UpstreamState? Choose(ref PendingQuestion pending, long now)
    {
        if (TakeUsable(ref pending, null, now) is { } usable)
        {
            return usable;
        }

        if (HasUp())
        {
            pending.Tried = 0;
            return TakeUsable(ref pending, null, now);
        }

        if (IsFailfast && AreAllDown)
        {
            return null;
        }

        for (int i = 0; i < Upstreams.Length; i++)
        {
            int place = (pending.FirstUpstream + i) % Upstreams.Length;
            if ((pending.Tried & (1u << place)) == 0)
            {
                pending.Tried |= 1u << place;
                return Upstreams[place];
            }
        }

        // They get their second try as well, if time is left: a stall of three seconds is no outage.
        if (Upstreams.Length == 0)
        {
            return null;
        }

        pending.Tried = 1u << pending.FirstUpstream;
        return Upstreams[pending.FirstUpstream];
    }

    /// <summary>Another upstream that is up and was not asked, for a question that waits for one already; or null.</summary>
    public UpstreamState? ChooseOther(ref PendingQuestion pending, UpstreamState than, long now) =>
        TakeUsable(ref pending, than, now);

    /// <summary>When a question sent now is to be hedged; 0 for never.</summary>
    public long HedgeAt(UpstreamState upstream, long now)
    {
        if (HedgeMilliseconds == 0)
        {
            return 0;
        }

        long rtt = upstream.Health.Status == HealthStatus.Up
            ? Math.Min(upstream.Health.SmoothedRttMilliseconds * UpstreamLimits.RttsUntilHedge, UpstreamLimits.MaxHedgeMilliseconds)
            : 0;
        return now + Math.Max(HedgeMilliseconds, rtt);
    }

    /// <summary>Whether it is passed over for now.</summary>
    public bool Skips(UpstreamState upstream) => Health.MaxFails != 0 && upstream.Health.Status != HealthStatus.Up;

    /// <summary>Whether every upstream is known to be down, so that waiting for them is of little use.</summary>
    public bool AreAllDown
    {
        get
        {
            if (Health.MaxFails == 0)
            {
                return false;
            }

            foreach (UpstreamState upstream in Upstreams)
            {
                if (!upstream.Health.IsDown)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether asking is of no use at this moment: all are down, and no probe was answered since.</summary>
    public bool AreAllGivenUp(long now)
    {
        if (Health.MaxFails == 0)
        {
            return false;
        }

        foreach (UpstreamState upstream in Upstreams)
        {
            if (!upstream.Health.IsGivenUp(now))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether an upstream came back after this moment, or is about to: failures from before say nothing any more.
    /// </summary>
    public bool HasRecoveredSince(long moment, long now)
    {
        foreach (UpstreamState upstream in Upstreams)
        {
            if (upstream.Health.RecoveredAt > moment || upstream.Health.IsTrialDue(now))
            {
                return true;
            }
        }

        return false;
    }

    public bool FailsOverOn(ResponseCode rcode) => (_failover & Bit((ushort)rcode)) != 0;

    /// <summary>Whether an answer hands the question to the next <c>forward</c> line.</summary>
    public bool PassesOn(in ResponseView response) =>
        (_next & Bit((ushort)response.Rcode)) != 0
        || (_nextOnNodata && response.Shape == AnswerShape.NoData);

    public bool TryEnter()
    {
        if (MaxConcurrent == 0)
        {
            return true;
        }

        if (Interlocked.Increment(ref _inFlight) <= MaxConcurrent)
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    public void Leave()
    {
        if (MaxConcurrent != 0)
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private bool HasUp()
    {
        foreach (UpstreamState upstream in Upstreams)
        {
            if (!Skips(upstream))
            {
                return true;
            }
        }

        return false;
    }

    private UpstreamState? TakeUsable(ref PendingQuestion pending, UpstreamState? except, long now)
    {
        for (int i = 0; i < Upstreams.Length; i++)
        {
            int place = (pending.FirstUpstream + i) % Upstreams.Length;
            UpstreamState upstream = Upstreams[place];
            if ((pending.Tried & (1u << place)) == 0 && upstream != except
                && (Health.MaxFails == 0 || upstream.Health.TryUse(now)))
            {
                pending.Tried |= 1u << place;
                return upstream;
            }
        }

        return null;
    }

    private int Fastest()
    {
        int best = 0;
        for (int i = 1; i < Upstreams.Length; i++)
        {
            bool isBetter = Skips(Upstreams[best]) || Upstreams[i].Health.SmoothedRtt < Upstreams[best].Health.SmoothedRtt;
            if (isBetter && !Skips(Upstreams[i]))
            {
                best = i;
            }
        }

        return best;
    }

    private static ulong Bit(ushort rcode) => rcode < 64 ? 1UL << rcode : 0;
}
