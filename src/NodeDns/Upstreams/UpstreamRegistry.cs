using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Logging;
using NodeDns.Timing;
using NodeDns.Upstreams.Streams;

namespace NodeDns.Upstreams;

/// <summary>The upstreams that a configuration of this process names or named.</summary>
/// <remarks>Control plane: asked when a plan is built. An upstream named twice is one upstream.</remarks>
internal sealed class UpstreamRegistry(Clock clock, Log? log = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UpstreamIdentity, UpstreamState> _states = [];
    private readonly Stack<int> _freeIndexes = [];
    private int _nextIndex;

    public IReadOnlyCollection<UpstreamState> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _states.Values.OrderBy(state => state.Index)];
            }
        }
    }

    public UpstreamState Get(PeerAddress address, Transport transport) =>
        Get(new UpstreamIdentity(address, transport), StreamRules.Default);

    public UpstreamState Get(in UpstreamIdentity identity, StreamRules rules)
    {
        lock (_gate)
        {
            if (!_states.TryGetValue(identity, out UpstreamState? state))
            {
                _states[identity] = state = Create(identity, rules);
            }

            return state;
        }
    }

    /// <summary>A config was taken over that asks these and no others; when there are many others, they are forgotten.</summary>
    public void Keep(IReadOnlySet<UpstreamState> used)
    {
        lock (_gate)
        {
            foreach (UpstreamState state in _states.Values)
            {
                state.IsInUse = used.Contains(state);
            }

            UpstreamState[] former = [.. _states.Values.Where(state => !used.Contains(state))];
            if (former.Length > UpstreamLimits.MaxFormerUpstreams)
            {
                foreach (UpstreamState state in former)
                {
                    _states.Remove(state.Identity);
                    _freeIndexes.Push(state.Index);
                }
            }
        }
    }

    private UpstreamState Create(in UpstreamIdentity identity, StreamRules rules)
    {
        int index = _freeIndexes.TryPop(out int free) ? free : _nextIndex++;
        string text = identity.ToString();
        if (_states.Values.Any(other => other.Text == text))
        {
            // The same server with another certificate authority, say: series of metrics need names of their own.
            text = $"{text}#{index}";
        }

        UpstreamState state = new(index, identity, text);
        state.Stream = identity.Transport == Transport.Https
            ? new HttpsUpstream(state, rules, clock)
            : new StreamPool(state, rules, clock);
        state.Probe = new HealthProbe(state, clock);
        state.Health.Changed = (before, after) => OnChanged(state, before, after);
        state.StormBegan = OnStorm;
        state.SmallLettersBegan = OnSmallLetters;
        return state;
    }

    private void OnStorm(UpstreamState state) => log?.Warning(
        $"upstream {state.Text} cuts most of its answers over UDP (TC), as a server does that limits the rate of this node; "
        + $"it is asked over TCP for {state.Truncation.WaitMilliseconds / 1000} s. Technitium: qpmLimitBypassList");

    private void OnSmallLetters(UpstreamState state) => log?.Warning(
        $"upstream {state.Text} does not repeat the letters of its questions; mix_case is off for it for "
        + $"{UpstreamLimits.SmallLettersMilliseconds / 1000} s and then tried again. Leave mix_case out if it stays so");

    /// <summary>The one place that tells the operator; a suspicion of a moment is not worth a line.</summary>
    private void OnChanged(UpstreamState state, HealthStatus before, HealthStatus after)
    {
        if (after == HealthStatus.Down)
        {
            UpstreamCounters.Add(ref state.Counters.Downs);
            string reason = state.LastFault == UpstreamFault.None
                ? "it does not answer" : UpstreamFaultText.Reason(state.LastFault);
            log?.Warning($"upstream {state.Text} is down: {reason}; others are asked until it answers");
        }
        else if (before == HealthStatus.Down)
        {
            TimeSpan down = TimeSpan.FromMilliseconds(state.Health.RecoveredAt - state.Health.DownSince);
            log?.Info($"upstream {state.Text} is up again after {down.TotalSeconds:0.#} s");
        }
    }
}
