using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.Timing;

namespace NodeDns.Upstreams.Streams;

/// <summary>The few pipelined connections to one upstream over TCP or TLS (RFC 7766, RFC 7858), shared by all workers.</summary>
/// <remarks>
/// Guarded by a monitor: connections live on the thread pool, and a submission is a short list walk on the miss path.
/// A query goes to a connection that is open and answers; one that has become silent gets no more while there is, or can
/// be, another one.
/// </remarks>
internal sealed class StreamPool(UpstreamState upstream, StreamRules rules, Clock clock) : IStreamUpstream
{
    private readonly Lock _gate = new();
    private readonly List<StreamConnection> _connections = [];
    private StreamRules _rules = rules;
    private long _freshFrom;
    private long _lostAt;
    private int _turn;
    private bool _isWatched;

    public void Apply(StreamRules rules) => Volatile.Write(ref _rules, rules);

    /// <summary>Hands a query to the least busy connection, dialling another when all are busy.</summary>
    public int Submit(in StreamQuery query)
    {
        StreamConnection connection;
        lock (_gate)
        {
            connection = Choose(query.Avoid, clock.NowMilliseconds);
        }

        connection.Submit(query);
        return connection.Number;
    }

    /// <summary>Called by a connection that ended, before it reports what it owes.</summary>
    public void Remove(StreamConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            long now = clock.NowMilliseconds;
            if (connection.Outstanding > 0)
            {
                _freshFrom = now - _lostAt > StreamLimits.LossBurstMilliseconds ? now : _freshFrom;
                _lostAt = now;
            }
        }
    }

    private StreamConnection Choose(int avoid, long now)
    {
        StreamConnection? best = null;
        int usable = 0;
        _turn++;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            StreamConnection connection = _connections[(i + _turn) % _connections.Count];
            if (connection.Takes(now) && connection.Number != avoid
                && (avoid != StreamQuery.FreshOnly || connection.OpenedAt >= _freshFrom))
            {
                usable++;
                best = best is null || connection.IsBetterThan(best) ? connection : best;
            }
        }

        if (best is null)
        {
            return MakeRoom(now) ? Dial() : LeastBusy();
        }

        int wanted = _rules.Tls is null ? StreamLimits.SpreadConnections : 1;
        bool isBusy = best.Outstanding >= StreamLimits.QueriesInFlight || (best.Outstanding > 0 && usable < wanted);
        if (isBusy && avoid == 0 && _connections.Count < StreamLimits.MaxConnections)
        {
            // It is for the queries that come after it is open; this one need not wait for that.
            StreamConnection added = Dial();
            return added.IsBetterThan(best) ? added : best;
        }

        UpstreamCounters.Add(ref upstream.Counters.ConnectionsReused);
        return best;
    }

    /// <summary>Whether one more connection may be dialled; if need be one that takes no queries any more is closed for it.</summary>
    private bool MakeRoom(long now)
    {
        if (_connections.Count < StreamLimits.MaxConnections)
        {
            return true;
        }

        StreamConnection? spare = null;
        foreach (StreamConnection connection in _connections)
        {
            if (!connection.Takes(now) && (spare is null || connection.Outstanding < spare.Outstanding))
            {
                spare = connection;
            }
        }

        if (spare is null)
        {
            return false;
        }

        Drop(spare);
        return true;
    }

    private StreamConnection LeastBusy()
    {
        StreamConnection best = _connections[0];
        foreach (StreamConnection connection in _connections)
        {
            best = connection.Outstanding < best.Outstanding ? connection : best;
        }

        return best;
    }

    private StreamConnection Dial()
    {
        UpstreamCounters.Add(ref upstream.Counters.ConnectionsOpened);
        StreamConnection connection = new(upstream, this, Volatile.Read(ref _rules), clock);
        _connections.Add(connection);
        connection.Start();
        if (!_isWatched)
        {
            _isWatched = true;
            _ = WatchLoop();
        }

        return connection;
    }

    private void Drop(StreamConnection connection)
    {
        _connections.Remove(connection);
        connection.Dispose();
    }

    /// <summary>Closes what is idle, worn out or silent, while there are connections.</summary>
    private async Task WatchLoop()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(StreamLimits.LookMilliseconds));
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            lock (_gate)
            {
                LookAtConnections(clock.NowMilliseconds);
                if (_connections.Count == 0)
                {
                    _isWatched = false;
                    return;
                }
            }
        }
    }

    private void LookAtConnections(long now)
    {
        StreamRules rules = Volatile.Read(ref _rules);
        int idle = 0;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            StreamConnection connection = _connections[i];
            if (connection.IsSilent(now))
            {
                // Half open after a reboot, or stalled: it owes answers and says nothing.
                connection.Fail(UpstreamFault.Silent);
                Drop(connection);
                continue;
            }

            connection.ForgetOld(now);
            bool isUnused = connection.Outstanding == 0;
            if (isUnused && (connection.IsWornOut(now) || connection.IdleSince(now) > rules.IdleMilliseconds
                || (rules.MaxIdle != 0 && idle >= rules.MaxIdle)))
            {
                Drop(connection);
            }
            else if (isUnused)
            {
                idle++;
            }
        }
    }
}
