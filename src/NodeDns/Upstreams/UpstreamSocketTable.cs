using System;
using System.Collections.Generic;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;

namespace NodeDns.Upstreams;

/// <summary>One worker's sockets towards all upstreams.</summary>
internal sealed class UpstreamSocketTable(Epoll epoll, RandomPool random, ulong tagKind) : IDisposable
{
    private readonly UpstreamSocket?[] _sockets = new UpstreamSocket?[UpstreamLimits.MaxSocketsPerWorker];
    private readonly ushort[] _generations = new ushort[UpstreamLimits.MaxSocketsPerWorker];
    private readonly ushort[] _ids = new ushort[UpstreamLimits.MaxSocketsPerWorker * UpstreamLimits.QueriesPerSocket];
    private readonly int[] _questions = new int[UpstreamLimits.MaxSocketsPerWorker * UpstreamLimits.QueriesPerSocket];
    private readonly Stack<int> _free = new(FreePlaces());
    private UpstreamSocket?[] _current = new UpstreamSocket?[16];

    public int Open => UpstreamLimits.MaxSocketsPerWorker - _free.Count;

    /// <summary>The socket the next query to an upstream goes out on; null when none can be opened.</summary>
    public UpstreamSocket? Take(UpstreamState upstream, PeerAddress? source, long now, out int error)
    {
        error = 0;
        if (upstream.Index >= _current.Length)
        {
            Array.Resize(ref _current, Math.Max(upstream.Index + 1, _current.Length * 2));
        }

        UpstreamSocket? current = _current[upstream.Index];
        if (current is not null && current.Upstream == upstream && current.CanTake(now) && current.IsFrom(source))
        {
            UpstreamCounters.Add(ref upstream.Counters.SocketsReused);
            return current;
        }

        if (current is not null)
        {
            Retire(current);
        }

        current = Connect(upstream, source, now, out error);
        _current[upstream.Index] = current;
        return current;
    }

    public UpstreamSocket? Find(ulong tag)
    {
        int index = (int)(tag & 0xFFFF);
        return _generations[index] == (ushort)(tag >> 16) ? _sockets[index] : null;
    }

    /// <summary>Keeps a socket from taking queries; closes it once nothing waits on it.</summary>
    public void Retire(UpstreamSocket socket)
    {
        socket.IsRetired = true;
        if (_current[socket.Upstream.Index] == socket)
        {
            _current[socket.Upstream.Index] = null;
        }

        CloseIfDone(socket);
    }

    public void CloseIfDone(UpstreamSocket socket)
    {
        if (socket.IsRetired && socket.Outstanding == 0 && _sockets[socket.Index] == socket)
        {
            // The kernel takes a closed descriptor out of the epoll set by itself.
            _sockets[socket.Index] = null;
            _generations[socket.Index]++;
            _free.Push(socket.Index);
            socket.Socket.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (UpstreamSocket? socket in _sockets)
        {
            socket?.Socket.Dispose();
        }
    }

    private static IEnumerable<int> FreePlaces()
    {
        for (int i = UpstreamLimits.MaxSocketsPerWorker - 1; i >= 0; i--)
        {
            yield return i;
        }
    }

    private UpstreamSocket? Connect(UpstreamState upstream, PeerAddress? source, long now, out int error)
    {
        error = Errno.EMFILE;
        if (_free.Count == 0)
        {
            return null;
        }

        UdpSocket? socket = null;
        SyscallResult result = default;
        for (int attempt = 0; attempt <= UpstreamLimits.PortAttempts; attempt++)
        {
            // RFC 5452 §9.2: any port of the unprivileged range, from a generator nobody can predict; the kernel's own
            // choice covers less than half of it and comes last.
            ushort port = attempt < UpstreamLimits.PortAttempts ? random.NextPort() : (ushort)0;
            result = UdpSocket.TryConnect(upstream.Address, port, source, out socket);
            if (!result.IsError || result.Error is not (Errno.EADDRINUSE or Errno.EACCES))
            {
                break;
            }
        }

        error = result.Error;
        if (socket is null)
        {
            return null;
        }

        int index = _free.Pop();
        ulong tag = tagKind | (uint)(_generations[index] << 16) | (uint)index;
        if (epoll.Add(socket.Descriptor, EpollEvents.In, tag).IsError)
        {
            _free.Push(index);
            socket.Dispose();
            return null;
        }

        UpstreamCounters.Add(ref upstream.Counters.SocketsOpened);
        UpstreamSocket opened = new(socket, upstream, source, index, now, _ids, _questions);
        _sockets[index] = opened;
        return opened;
    }
}
