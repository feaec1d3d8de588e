using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Timing;

namespace NodeDns.Upstreams;

/// <summary>All upstreams ever named by a configuration of this process.</summary>
/// <remarks>Control plane: asked when a plan is built. An upstream named twice is one upstream.</remarks>
internal sealed class UpstreamRegistry(Clock clock)
{
    private readonly ConcurrentDictionary<(PeerAddress Address, Transport Transport), UpstreamState> _states = new();
    private int _count;

    public ICollection<UpstreamState> All => _states.Values;

    public UpstreamState Get(PeerAddress address, Transport transport) =>
        _states.GetOrAdd((address, transport), key =>
        {
            UpstreamState state = new(Interlocked.Increment(ref _count) - 1, key.Address, key.Transport);
            state.Tcp = new TcpUpstream(state, clock);
            return state;
        });
}
