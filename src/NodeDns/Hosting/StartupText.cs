using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;

namespace NodeDns.Hosting;

/// <summary>What a server says when it starts, in ten lines at most: what it serves, where, to whom it forwards, how it intercepts.</summary>
internal static class StartupText
{
    private const int MostZones = 5;
    private const int MostUpstreams = 6;

    /// <summary>Nine lines; the tenth is what the node's set-up says of itself.</summary>
    public static IEnumerable<string> Of(
        NodeDnsConfig config, CorefileSource source, int workers, long cacheBytes, string interception)
    {
        yield return $"config {source.Name} ({config.Hash[..12]}), {workers} worker(s), cache {cacheBytes >> 20} MiB";
        foreach (ServerBlockConfig block in config.Blocks.Take(MostZones))
        {
            yield return Serving(block);
        }

        if (config.Blocks.Length > MostZones)
        {
            yield return $"and {config.Blocks.Length - MostZones} more server blocks";
        }

        string[] endPoints =
        [
            .. config.Blocks.Select(block => block.Health).OfType<HealthConfig>().Select(one => $"health on {one.EndPoint.Text}").Distinct(),
            .. config.Blocks.Select(block => block.Ready).OfType<ReadyConfig>().Select(one => $"ready on {one.EndPoint.Text}").Distinct(),
            .. config.Blocks.Select(block => block.Prometheus).OfType<PrometheusConfig>().Select(one => $"metrics on {one.EndPoint.Text}").Distinct(),
        ];
        yield return $"interception {interception}{(endPoints.Length > 0 ? $"; {string.Join(", ", endPoints)}" : "")}";
        if (source.IsEmbedded)
        {
            yield return EmbeddedCorefile.TryLine;
        }
    }

    private static string Serving(ServerBlockConfig block)
    {
        string zones = string.Join(' ', block.Keys.Select(key => $"{key.Zone}:{key.Port}"));
        string where = block.Bind.IsEmpty ? "all addresses" : string.Join(' ', block.Bind);
        string[] upstreams =
        [
            .. block.Forwards.SelectMany(forward => forward.Upstreams)
                .Select(one => one.EndPoint?.ToString() ?? one.HostName ?? "").Distinct(),
        ];
        string whom = string.Join(' ', upstreams.Take(MostUpstreams))
            + (upstreams.Length > MostUpstreams ? $" and {upstreams.Length - MostUpstreams} more" : "");
        return $"serving {zones} on {where}{(whom.Length > 0 ? $", forwarding to {whom}" : "")}";
    }
}
