using System;
using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config.Values;

/// <summary>The nameserver lines of a file in the format of /etc/resolv.conf, in their order.</summary>
internal static class ResolvConf
{
    public static ImmutableArray<IPAddress> Servers(string text)
    {
        var servers = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            // glibc: a comment begins with # or ; in the first column; tolerate it anywhere.
            int comment = line.IndexOfAny('#', ';');
            string[] words = (comment < 0 ? line : line[..comment]).ToString()
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", string server, ..]
                && AddressText.TryParseWithScope(server, out IPAddress address)
                && !servers.Contains(address))
            {
                servers.Add(address);
            }
        }

        return servers.ToImmutable();
    }
}
