using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Logging;
using NodeDns.Timing;

namespace NodeDns.Upstreams;

/// <summary>All upstreams ever named by a configuration of this process.</summary>
/// <remarks>Control plane: asked when a plan is built. An upstream named twice is one upstream.</remarks>
internal sealed class UpstreamRegistry(Clock clock, Log? log = null)
{
    private readonly ConcurrentDictionary<(PeerAddress Address, Transport Transport), UpstreamState> _states = new();
    private int _count;

    public ICollection<UpstreamState> All => _states.Values;

    public UpstreamState Get(PeerAddress address, Transport transport) =>
        _states.GetOrAdd((address, transport), key => Create(key.Address, key.Transport));

    private UpstreamState Create(PeerAddress address, Transport transport)
    {
        UpstreamState state = new(Interlocked.Increment(ref _count) - 1, address, transport);
        state.Stream = new TcpUpstream(state, clock);
        state.Probe = new HealthProbe(state, clock);
        state.Health.Changed = (before, after) => OnChanged(state, before, after);
        state.StormBegan = OnStorm;
        return state;
    }

    private void OnStorm(UpstreamState state) => log?.Warning(
        $"upstream {state.Text} cuts most of its answers over UDP (TC), as a server does that limits the rate of this node; "
        + $"it is asked over TCP for {state.Truncation.WaitMilliseconds / 1000} s. Technitium: qpmLimitBypassList");

    /// <summary>The one place that tells the operator; a suspicion of a moment is not worth a line.</summary>
    private void OnChanged(UpstreamState state, HealthStatus before, HealthStatus after)
    {
        if (after == HealthStatus.Down)
        {
            UpstreamCounters.Add(ref state.Counters.Downs);
            log?.Warning($"upstream {state.Text} is down: it does not answer; others are asked until it does");
        }
        else if (before == HealthStatus.Down)
        {
            TimeSpan down = TimeSpan.FromMilliseconds(state.Health.RecoveredAt - state.Health.DownSince);
            log?.Info($"upstream {state.Text} is up again after {down.TotalSeconds:0.#} s");
        }
    }
}
