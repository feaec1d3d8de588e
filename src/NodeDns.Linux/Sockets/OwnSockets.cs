using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace NodeDns.Linux.Sockets;

/// <summary>The open sockets of this process, as /proc shows them.</summary>
public static class OwnSockets
{
    private const string Prefix = "socket:[";

    /// <summary>The number of each socket (its inode, as in /proc/net/udp) and a descriptor of it.</summary>
    public static Dictionary<string, int> List()
    {
        Dictionary<string, int> sockets = [];
        foreach (string path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (TryReadLink(path) is { } target && target.StartsWith(Prefix, StringComparison.Ordinal))
            {
                sockets[target[Prefix.Length..].TrimEnd(']')] = int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
            }
        }

        return sockets;
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
