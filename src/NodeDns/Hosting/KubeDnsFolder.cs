using System.Collections.Immutable;
using System.IO;
using System.Linq;
using NodeDns.Config;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Node;

namespace NodeDns.Hosting;

/// <summary>The mounted kube-dns ConfigMap (-kubednscm). One that cannot be read changes nothing and is counted.</summary>
internal sealed class KubeDnsFolder(string? folder, ICorefileFiles files, Log log, SetupCounters counters)
{
    public const string Default = "/etc/kube-dns";

    private static readonly string[] s_keys = ["stubDomains", "upstreamNameservers"];
    private KubeDnsConfig _last = KubeDnsConfig.Empty;

    /// <summary>What to watch for changes; the files need not be there.</summary>
    public ImmutableArray<string> Files { get; } =
        folder is { } named ? [.. s_keys.Select(key => Path.Combine(named, key))] : [];

    /// <summary>Reads a Corefile with what the ConfigMap adds to it.</summary>
    public CorefileResult Read(CorefileSource source, CorefileContext context)
    {
        if (folder is null)
        {
            return source.Read(context);
        }

        string?[] texts = [.. Files.Select(file => files.TryRead(file, out _))];
        KubeDnsConfig? read = KubeDnsConfig.TryParse(texts[0], texts[1], out string error);
        if (read is null)
        {
            counters.Count(SetupError.ConfigMap);
            log.Error($"{folder}: {error}; what it said before stays");
        }

        _last = read ?? _last;
        CorefileContext extended = _last.Upstreams.IsEmpty
            ? context
            : context with { UpstreamServers = string.Join(' ', _last.Upstreams) };
        return source.Read(extended, text => _last.Extend(text, context.DefaultPort));
    }
}
