using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;

namespace NodeDns.Hosting;

/// <summary>What a server says when it starts: what it serves, where, and to whom it forwards.</summary>
internal static class StartupText
{
    private const int MostZones = 8;

    public static IEnumerable<string> Of(NodeDnsConfig config, CorefileSource source, int workers, long cacheBytes)
    {
        yield return $"config {source.Name} ({config.Hash[..12]}), {workers} worker(s), cache {cacheBytes >> 20} MiB";
        foreach (ServerBlockConfig block in config.Blocks.Take(MostZones))
        {
            string zones = string.Join(' ', block.Keys.Select(key => $"{key.Zone}:{key.Port}"));
            string where = block.Bind.IsEmpty ? "all addresses" : string.Join(' ', block.Bind);
            string whom = string.Join(
                ' ', block.Forwards.SelectMany(forward => forward.Upstreams).Select(one => one.EndPoint?.ToString() ?? one.HostName));
            yield return $"serving {zones} on {where}{(whom.Length > 0 ? $", forwarding to {whom}" : "")}";
        }

        if (config.Blocks.Length > MostZones)
        {
            yield return $"and {config.Blocks.Length - MostZones} more server blocks";
        }

        if (source.IsEmbedded)
        {
            yield return EmbeddedCorefile.TryLine;
        }
    }
}
