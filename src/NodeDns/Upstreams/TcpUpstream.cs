using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Timing;

namespace NodeDns.Upstreams;

/// <summary>The few pipelined connections to one upstream (RFC 7766 §6.2.1.1), shared by all workers.</summary>
/// <remarks>
/// Guarded by a monitor: connections live on the thread pool, and a submission is a short list walk on the miss path.
/// </remarks>
internal sealed class TcpUpstream(UpstreamState upstream, Clock clock) : IStreamUpstream
{
    private readonly Lock _gate = new();
    private readonly List<TcpUpstreamConnection> _connections = [];
    private bool _isWatched;

    /// <summary>Hands a query to the least busy connection, dialling another when all are busy.</summary>
    public void Submit(in TcpQuery query)
    {
        TcpUpstreamConnection connection;
        lock (_gate)
        {
            connection = Choose(clock.NowMilliseconds);
        }

        connection.Submit(query);
    }

    /// <summary>Called by a connection that ended.</summary>
    public void Remove(TcpUpstreamConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }

    private TcpUpstreamConnection Choose(long now)
    {
        TcpUpstreamConnection? best = null;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            TcpUpstreamConnection connection = _connections[i];
            if (connection.IsSilent(now) || connection.IsClosed)
            {
                // Half open after a reboot, or stalled: it owes answers and says nothing.
                _connections.RemoveAt(i);
                connection.Dispose();
            }
            else if (best is null || connection.Outstanding < best.Outstanding)
            {
                best = connection;
            }
        }

        bool isBusy = best is null || best.Outstanding >= UpstreamLimits.TcpQueriesPerConnection;
        if (isBusy && _connections.Count < UpstreamLimits.MaxTcpConnections)
        {
            UpstreamCounters.Add(ref upstream.Counters.ConnectionsOpened);
            best = new TcpUpstreamConnection(upstream, this, clock);
            _connections.Add(best);
            best.Start();
            Watch();
            return best;
        }

        UpstreamCounters.Add(ref upstream.Counters.ConnectionsReused);
        return best!;
    }

    private void Watch()
    {
        if (!_isWatched)
        {
            _isWatched = true;
            _ = WatchLoop();
        }
    }

    /// <summary>Closes idle and silent connections, while there are any.</summary>
    private async Task WatchLoop()
    {
        using PeriodicTimer timer = new(System.TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            lock (_gate)
            {
                long now = clock.NowMilliseconds;
                for (int i = _connections.Count - 1; i >= 0; i--)
                {
                    if (_connections[i].IsIdle(now) || _connections[i].IsSilent(now))
                    {
                        _connections[i].Dispose();
                        _connections.RemoveAt(i);
                    }
                }

                if (_connections.Count == 0)
                {
                    _isWatched = false;
                    return;
                }
            }
        }
    }
}
