using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.ObjectPool;
using NodeDns.Cache;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Timing;
using NodeDns.Upstreams;

namespace NodeDns.Listeners;

/// <summary>All TCP clients, bounded in total and per client; finds the one an answer is for.</summary>
internal sealed class TcpConnectionTable : IReplySink, IDisposable
{
    private readonly TcpConnection?[] _connections = new TcpConnection?[ListenerLimits.MaxConnections];
    private readonly int[] _handles = new int[ListenerLimits.MaxConnections];
    private readonly Dictionary<IPAddress, int> _perClient = [];
    private readonly DefaultObjectPool<TcpConnection> _pool;
    private readonly Lock _gate = new();
    private readonly Clock _clock;
    private readonly Log _log;
    private readonly CancellationTokenSource _stopping = new();
    private int _open;
    private int _lastGeneration;
    private bool _isWatched;
    private long _refused;
    private long _slowReaders;

    public TcpConnectionTable(PipelineContext shared, QuestionStarter starter, Log log)
    {
        _log = log;
        _clock = shared.Clock;
        DefaultObjectPool<TcpPipeline> pipelines = new(new PipelinePolicy(shared, starter), ListenerLimits.MaxBusyPipelines);
        _pool = new DefaultObjectPool<TcpConnection>(new ConnectionPolicy(this, pipelines, shared), 256);
    }

    public int Open => Volatile.Read(ref _open);

    public long Refused => Volatile.Read(ref _refused);

    public long SlowReaders => Volatile.Read(ref _slowReaders);

    /// <summary>Serves an accepted socket; closes it when a bound is reached and nobody idle can make room.</summary>
    public void Accept(Socket socket, ListenAddress address, TcpTimeouts timeouts)
    {
        TcpConnection connection = _pool.Get();
        int place;
        lock (_gate)
        {
            place = TakePlace(((IPEndPoint)socket.RemoteEndPoint!).Address);
            if (place >= 0)
            {
                // 12 bits say where, the rest which of the clients that were there.
                _lastGeneration = (_lastGeneration + 1) & 0x3FFFF;
                _handles[place] = (_lastGeneration << 12) | place | 1 << 30;
                connection.Open(socket, address, timeouts, _handles[place]);
                _connections[place] = connection;
                if (!_isWatched)
                {
                    _isWatched = true;
                    _ = WatchLoop();
                }
            }
        }

        if (place < 0)
        {
            Interlocked.Increment(ref _refused);
            socket.Dispose();
            _pool.Return(connection);
            return;
        }

        _ = ServeAndRelease(connection, place);
    }

    public void OnUnexpected(WorkerCounters counters, Exception error) => UnexpectedError.Count(counters, _log, error);

    public void CountSlowReader() => Interlocked.Increment(ref _slowReaders);

    public void Reply(
        in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer, in ReplyCause cause)
    {
        TcpConnection? connection = Volatile.Read(ref _connections[waiter.Via & 0xFFF]);
        connection?.TryReply(waiter.Via, waiter, route, message, answer, cause);
    }

    /// <summary>Lets clients finish what they began, up to a moment, then cuts them off.</summary>
    public async Task Drain(TimeSpan within)
    {
        long began = _clock.NowMilliseconds;
        long end = began + (long)within.TotalMilliseconds;
        long newEnd = began + Math.Min(ListenerLimits.NewConnectionAtEndMilliseconds, (long)within.TotalMilliseconds);
        while (_clock.NowMilliseconds < end && Any(connection => connection.IsOwed || (connection.IsNew && _clock.NowMilliseconds < newEnd)))
        {
            await Task.Delay(20).ConfigureAwait(false);
        }

        AbortWhere(_ => true);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        AbortWhere(_ => true);
        _stopping.Dispose();
    }

    private int TakePlace(IPAddress client)
    {
        int mine = _perClient.GetValueOrDefault(client);
        if (mine >= ListenerLimits.MaxConnectionsPerClient)
        {
            return -1;
        }

        int place = Array.IndexOf(_connections, null);
        if (place < 0)
        {
            // The place is free once the aborted connection has cleaned up; this client may come again then.
            LongestIdle()?.Abort();
            return -1;
        }

        _perClient[client] = mine + 1;
        _open++;
        return place;
    }

    private TcpConnection? LongestIdle()
    {
        TcpConnection? longest = null;
        foreach (TcpConnection? connection in _connections)
        {
            if (connection is { IsIdle: true } && (longest is null || connection.Deadline < longest.Deadline))
            {
                longest = connection;
            }
        }

        return longest;
    }

    private async Task ServeAndRelease(TcpConnection connection, int place)
    {
        IPAddress client = connection.ClientAddress!;
        await connection.Serve().ConfigureAwait(false);
        lock (_gate)
        {
            _connections[place] = null;
            _open--;
            int left = _perClient[client] - 1;
            if (left == 0)
            {
                _perClient.Remove(client);
            }
            else
            {
                _perClient[client] = left;
            }
        }

        _pool.Return(connection);
    }

    private bool Any(Func<TcpConnection, bool> condition)
    {
        lock (_gate)
        {
            foreach (TcpConnection? connection in _connections)
            {
                if (connection is not null && condition(connection))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void AbortWhere(Func<TcpConnection, bool> condition)
    {
        lock (_gate)
        {
            foreach (TcpConnection? connection in _connections)
            {
                if (connection is not null && condition(connection))
                {
                    connection.Abort();
                }
            }
        }
    }

    /// <summary>One watch for all connections, on the one clock, while there are any; none wakes an idle process.</summary>
    private async Task WatchLoop()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250));
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                long now = _clock.NowMilliseconds;
                AbortWhere(connection => connection.IsOverdue(now));
                lock (_gate)
                {
                    if (_open == 0)
                    {
                        _isWatched = false;
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private sealed class PipelinePolicy(PipelineContext shared, QuestionStarter starter)
        : PooledObjectPolicy<TcpPipeline>
    {
        public override TcpPipeline Create() => new(shared, starter);

        public override bool Return(TcpPipeline obj) => true;
    }

    private sealed class ConnectionPolicy(
        TcpConnectionTable table, ObjectPool<TcpPipeline> pipelines, PipelineContext shared)
        : PooledObjectPolicy<TcpConnection>
    {
        public override TcpConnection Create() => new(table, pipelines, shared);

        public override bool Return(TcpConnection obj) => true;
    }
}
