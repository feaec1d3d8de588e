using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Listeners;
using NodeDns.Logging;
using NodeDns.Node;
using NodeDns.Pipeline;

namespace NodeDns.Hosting;

/// <summary>The listen addresses of the running plan: opens what a plan adds, closes what it no longer names.</summary>
internal sealed class ListenerSet(UdpWorker[] workers, TcpConnectionTable connections, Log log) : IDisposable
{
    private readonly List<Entry?> _entries = [];

    /// <param name="Older">TCP listeners of an earlier generation on the same address, by their sockets' numbers.</param>
    private sealed record Entry(ListenAddress Address, UdpListener[] Udp, TcpAcceptor Tcp, HashSet<string> Older);

    public int Count => _entries.FindAll(entry => entry is not null).Count;

    /// <summary>
    /// Serves a plan. Sockets that are new are opened first; when one cannot be had nothing changes and the error names it.
    /// </summary>
    public bool TryApply(ServingPlan plan, TcpTimeouts timeouts, out string error)
    {
        List<Entry> opened = [];
        error = "";
        foreach ((IPEndPoint endPoint, ZoneTable zones) in plan.Listeners)
        {
            if (Find(endPoint) is not null)
            {
                continue;
            }

            Entry? entry = TryOpen(endPoint, zones, timeouts, NextIndex(opened), out error);
            if (entry is null)
            {
                opened.ForEach(Close);
                return false;
            }

            opened.Add(entry);
        }

        Exchange(plan.Listeners, timeouts, opened);
        return true;
    }

    /// <summary>
    /// Has new TCP connections sent to the other generation, where there is one: those that a listener has not accepted when
    /// it is closed are reset. (A lone listener takes them to its end.)
    /// </summary>
    public void Retire()
    {
        foreach (Entry? entry in _entries)
        {
            // Of two, the place of the other follows from who came first. Of more it cannot be known.
            if (entry is not null && PortListeners.OtherTcp(entry.Address.EndPoint) is { Count: 1 } others)
            {
                entry.Tcp.SendNewTo(others.IsSubsetOf(entry.Older) ? 0 : 1);
            }
        }
    }

    public void Dispose()
    {
        foreach (Entry? entry in _entries)
        {
            entry?.Tcp.Dispose();
        }
    }

    private static void Close(Entry entry)
    {
        entry.Tcp.Dispose();
        Array.ForEach(entry.Udp, listener => listener.Dispose());
    }

    /// <summary>Where this process itself reaches a listener.</summary>
    public static IPEndPoint Reachable(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, endPoint.Port)
        : endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port)
        : endPoint;

    private Entry? Find(IPEndPoint endPoint) =>
        _entries.Find(entry => entry is not null && entry.Address.EndPoint.Equals(endPoint));

    private int NextIndex(List<Entry> opened)
    {
        int index = 0;
        while ((index < _entries.Count && _entries[index] is not null)
            || opened.Exists(entry => entry.Address.Index == index))
        {
            index++;
        }

        return index;
    }

    private Entry? TryOpen(IPEndPoint endPoint, ZoneTable zones, TcpTimeouts timeouts, int index, out string error)
    {
        ListenAddress address = new(index, endPoint, zones);
        List<UdpListener> udp = [];
        error = "";
        try
        {
            // None of them is ours: what this process listens on is not opened again.
            HashSet<string> older = PortListeners.Tcp(endPoint);
            TcpAcceptor tcp = new(address, timeouts, connections, log);
            for (int i = 0; i < workers.Length; i++)
            {
                SyscallResult result = UdpSocket.TryListen(
                    PeerAddress.From(endPoint), ListenerLimits.SocketBufferBytes, out UdpSocket? socket);
                if (result.IsError)
                {
                    tcp.Dispose();
                    udp.ForEach(listener => listener.Dispose());
                    error = ListenError.Describe("UDP", endPoint, result.Error);
                    return null;
                }

                socket!.TryUseSegments();
                udp.Add(new UdpListener(socket, address));
            }

            return new Entry(address, [.. udp], tcp, older);
        }
        catch (SocketException refused)
        {
            error = ListenError.Describe("TCP", endPoint, refused.NativeErrorCode);
            return null;
        }
    }

    private void Exchange(
        IReadOnlyDictionary<IPEndPoint, ZoneTable> listeners, TcpTimeouts timeouts, List<Entry> opened)
    {
        foreach (Entry entry in opened)
        {
            while (_entries.Count <= entry.Address.Index)
            {
                _entries.Add(null);
            }

            _entries[entry.Address.Index] = entry;
            entry.Tcp.Start();
        }

        for (int i = 0; i < _entries.Count; i++)
        {
            if (_entries[i] is not { } entry)
            {
                continue;
            }

            if (listeners.TryGetValue(entry.Address.EndPoint, out ZoneTable? zones))
            {
                entry.Address.Zones = zones;
                entry.Tcp.Timeouts = timeouts;
            }
            else
            {
                // The workers close their own sockets, once they have answered what is in them.
                entry.Tcp.Dispose();
                _entries[i] = null;
            }
        }

        for (int worker = 0; worker < workers.Length; worker++)
        {
            workers[worker].Assign([.. _entries.ConvertAll(entry => entry?.Udp[worker])]);
        }
    }
}
