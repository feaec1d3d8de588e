using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using NodeDns.Linux.Sockets;

namespace NodeDns.Node;

/// <summary>Whether another process on this node listens on the cache's addresses: another generation, or node-cache.</summary>
/// <remarks>The kernel's own lists are read because nothing else sees sockets of other containers on the host network.</remarks>
internal static class PortListeners
{
    private const int LocalColumn = 1;
    private const int StateColumn = 3;
    private const int UserColumn = 7;
    private const int InodeColumn = 9;
    private const string Listening = "0A";

    private static readonly string[] s_udp = ["/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"];
    private static readonly string[] s_tcp = ["/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"];
    private static readonly string[] s_wildcards = [new('0', 8), new('0', 32)];

    public static bool AnyOther(ImmutableArray<IPAddress> addresses, int port)
    {
        Dictionary<string, int> own = OwnSockets.List();
        string[][] others = [.. s_udp.SelectMany(Lines).Select(Columns).Where(line => line.Length > InodeColumn && !own.ContainsKey(line[InodeColumn]))];
        return Array.Exists(others, line => IsOn(line, addresses, port))
            || (Array.Exists(others, line => IsOnAll(line, port)) && OwnUser() is { } user
                && Array.Exists(others, line => IsOnAll(line, port) && line[UserColumn] == user));
    }

    /// <summary>The TCP listeners on exactly this address and port, by the numbers of their sockets; own ones as well.</summary>
    public static HashSet<string> Tcp(IPEndPoint endPoint)
    {
        HashSet<string> found = [];
        string local = Hex(endPoint.Address, endPoint.Port);
        foreach (string path in s_tcp)
        {
            foreach (string line in Lines(path))
            {
                // Listeners come first in the kernel's list; the connections of a whole node behind them are not read.
                string[] columns = Columns(line);
                if (columns.Length <= InodeColumn || columns[StateColumn] != Listening)
                {
                    break;
                }

                if (columns[LocalColumn] == local)
                {
                    found.Add(columns[InodeColumn]);
                }
            }
        }

        return found;
    }

    /// <summary>Those of other processes.</summary>
    public static HashSet<string> OtherTcp(IPEndPoint endPoint)
    {
        HashSet<string> found = Tcp(endPoint);
        found.ExceptWith(OwnSockets.List().Keys);
        return found;
    }

    /// <summary>Whether a line of /proc/net/udp is a socket bound to one of the addresses and the port.</summary>
    public static bool IsOn(string line, ImmutableArray<IPAddress> addresses, int port) => IsOn(Columns(line), addresses, port);

    private static bool IsOn(string[] columns, ImmutableArray<IPAddress> addresses, int port) =>
        columns.Length > InodeColumn && addresses.Any(address => columns[LocalColumn] == Hex(address, port));

    /// <summary>
    /// Bound to the port on all addresses. Such a socket shares ours only when it is the same user's: another generation
    /// without `bind`.
    /// </summary>
    private static bool IsOnAll(string[] columns, int port) =>
        Array.Exists(s_wildcards, address => columns[LocalColumn] == $"{address}:{port.ToString("X4", CultureInfo.InvariantCulture)}");

    private static string? OwnUser()
    {
        const string Line = "Uid:";
        string? uid = Lines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
        return uid is null ? null : Columns(uid)[2];
    }

    private static string[] Columns(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The kernel prints an address as words of 32 bits in the machine's byte order.</summary>
    private static string Hex(IPAddress address, int port)
    {
        byte[] bytes = address.GetAddressBytes();
        string text = string.Concat(Enumerable.Range(0, bytes.Length / 4).Select(
            word => BitConverter.ToUInt32(bytes, word * 4).ToString("X8", CultureInfo.InvariantCulture)));
        return $"{text}:{port.ToString("X4", CultureInfo.InvariantCulture)}";
    }

    /// <summary>Read as far as somebody looks. A kernel without IPv6 has no udp6.</summary>
    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path).Skip(1) : [];
}
