using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;

namespace NodeDns.Node;

/// <summary>Whether another process on this node listens on the cache's addresses: another generation, or node-cache.</summary>
/// <remarks>The kernel's own lists are read because nothing else sees sockets of other containers on the host network.</remarks>
internal static class PortListeners
{
    private const int LocalColumn = 1;
    private const int InodeColumn = 9;

    private static readonly string[] s_lists = ["/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"];

    public static bool AnyOther(ImmutableArray<IPAddress> addresses, int port)
    {
        HashSet<string> own = OwnInodes();
        return s_lists
            .SelectMany(Lines)
            .Any(line => IsOn(line, addresses, port) && !own.Contains(Columns(line)[InodeColumn]));
    }

    /// <summary>Whether a line of /proc/net/udp is a socket bound to one of the addresses and the port.</summary>
    public static bool IsOn(string line, ImmutableArray<IPAddress> addresses, int port)
    {
        string[] columns = Columns(line);
        return columns.Length > InodeColumn && addresses.Any(address => columns[LocalColumn] == Hex(address, port));
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

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path).Skip(1);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // A kernel without IPv6 has no udp6.
            return [];
        }
    }

    private static HashSet<string> OwnInodes()
    {
        HashSet<string> inodes = [];
        foreach (string descriptor in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            const string Prefix = "socket:[";
            string? target = TryReadLink(descriptor);
            if (target is not null && target.StartsWith(Prefix, StringComparison.Ordinal))
            {
                inodes.Add(target[Prefix.Length..].TrimEnd(']'));
            }
        }

        return inodes;
    }

    private static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            // Closed between the listing and now.
            return null;
        }
    }
}
