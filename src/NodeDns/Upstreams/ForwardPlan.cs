using System;
using System.Threading;
using NodeDns.Config;
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
    private int _turn;
    private int _inFlight;

    public ForwardPlan(ForwardConfig config, UpstreamState[] upstreams, byte[] from, byte[][] except)
    {
        _from = from;
        _except = except;
        Upstreams = upstreams;
        Policy = config.Policy;
        ForceTcp = config.ForceTcp;
        PreferUdp = config.PreferUdp;
        ReadTimeoutMilliseconds = (long)config.ReadTimeout.TotalMilliseconds;
        MaxConcurrent = config.MaxConcurrent;
        MaxTries = config.MaxConnectAttempts switch
        {
            null => upstreams.Length * UpstreamLimits.TriesPerUpstream,
            0 => int.MaxValue,
            int attempts => attempts,
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

    public long ReadTimeoutMilliseconds { get; }

    public int MaxTries { get; }

    /// <summary>Questions of this line in flight at one time; 0 for no limit.</summary>
    public int MaxConcurrent { get; }

    public NodeDns.Linux.Sockets.PeerAddress? SourceAddress { get; }

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
    public int FirstUpstream(RandomPool random) => Policy switch
    {
        UpstreamSelection.Sequential => 0,
        UpstreamSelection.RoundRobin => (int)((uint)Interlocked.Increment(ref _turn) % (uint)Upstreams.Length),
        _ => Upstreams.Length == 1 ? 0 : random.NextUInt16() % Upstreams.Length,
    };

    public UpstreamState Upstream(int first, int attempt) => Upstreams[(first + attempt) % Upstreams.Length];

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

    private static ulong Bit(ushort rcode) => rcode < 64 ? 1UL << rcode : 0;
}
