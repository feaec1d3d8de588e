using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config;

/// <summary>One server block: the zones it serves, where it listens and what its directives say.</summary>
internal sealed record ServerBlockConfig
{
    public required ImmutableArray<ServerKeyConfig> Keys { get; init; }

    public SourceLocation Location { get; init; }

    /// <summary>Addresses to listen on, resolved from names and interfaces; empty means the wildcard.</summary>
    public ImmutableArray<IPAddress> Bind { get; init; } = [];

    public CacheConfig? Cache { get; init; }

    /// <summary>In file order: the first whose FROM matches and whose EXCEPT does not gets the question.</summary>
    public ImmutableArray<ForwardConfig> Forwards { get; init; } = [];

    public ImmutableArray<AclConfig> Acls { get; init; } = [];

    public bool Any { get; init; }

    /// <summary>The largest EDNS size passed upstream; null when the directive is absent.</summary>
    public int? Bufsize { get; init; }

    public Dns64Config? Dns64 { get; init; }

    public ImmutableArray<DnstapConfig> Dnstaps { get; init; } = [];

    public ErrorsConfig? Errors { get; init; }

    public ImmutableArray<HeaderRuleConfig> Headers { get; init; } = [];

    public HealthConfig? Health { get; init; }

    public HostsConfig? Hosts { get; init; }

    public LoadBalanceConfig? LoadBalance { get; init; }

    public ImmutableArray<LogConfig> Logs { get; init; } = [];

    public bool Loop { get; init; }

    public bool Minimal { get; init; }

    public ImmutableArray<ProbeConfig> Probes { get; init; } = [];

    public PrometheusConfig? Prometheus { get; init; }

    public ReadyConfig? Ready { get; init; }

    public ReloadConfig? Reload { get; init; }

    public ImmutableArray<RewriteRuleConfig> Rewrites { get; init; } = [];

    public ImmutableArray<TemplateConfig> Templates { get; init; } = [];

    public TimeoutsConfig? Timeouts { get; init; }

    public bool Whoami { get; init; }

    public ImmutableArray<NdotsFilterConfig> NdotsFilters { get; init; } = [];

    public ImmutableArray<DenyConfig> Denies { get; init; } = [];

    /// <summary>Each directive named in the block once, in file order, for the plugin_enabled metric.</summary>
    public ImmutableArray<string> Directives { get; init; } = [];
}
