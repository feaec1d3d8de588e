using System;
using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config;

/// <summary>One forward line with its block; the defaults are CoreDNS's, but for expire.</summary>
internal sealed record ForwardConfig
{
    public const int MaxUpstreams = 15;

    /// <summary>Only questions at or below this zone are forwarded.</summary>
    public string From { get; init; } = ".";

    public required ImmutableArray<UpstreamAddressConfig> Upstreams { get; init; }

    /// <summary>Zones below <see cref="From"/> that are not forwarded.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    public bool ForceTcp { get; init; }

    public bool PreferUdp { get; init; }

    /// <summary>Names go out in random capitals, which the answer must repeat.</summary>
    public bool MixCase { get; init; }

    public UpstreamSelection Policy { get; init; }

    /// <summary>An upstream is down after more failures in a row than this; zero: never marked down and never probed.</summary>
    public int MaxFails { get; init; } = 2;

    public HealthCheckConfig HealthCheck { get; init; } = HealthCheckConfig.Default;

    /// <summary>How long an unused connection is kept: less than the 10 s after which the usual server closes it.</summary>
    public TimeSpan Expire { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long any connection is kept; zero: as long as forwarding itself allows.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>Zero: no limit.</summary>
    public int MaxIdleConnections { get; init; }

    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Null: twice the number of upstreams; zero: until the deadline of the question.</summary>
    public int? MaxConnectAttempts { get; init; }

    /// <summary>Zero: no limit of this forward's own.</summary>
    public int MaxConcurrent { get; init; }

    /// <summary>After how long without an answer the next upstream is asked as well; null: never.</summary>
    public TimeSpan? Hedge { get; init; } = TimeSpan.FromMilliseconds(100);

    public DohMethod DohMethod { get; init; }

    public TlsConfig? Tls { get; init; }

    public string? TlsServerName { get; init; }

    /// <summary>Response codes that hand the question to the next forward.</summary>
    public ImmutableArray<ushort> Next { get; init; } = [];

    public bool NextOnNodata { get; init; }

    /// <summary>failfast_all_unhealthy_upstreams: SERVFAIL at once when every upstream is down.</summary>
    public bool Failfast { get; init; }

    /// <summary>Response codes that make the next upstream be tried.</summary>
    public ImmutableArray<ushort> Failover { get; init; } = [];

    public IPAddress? SourceAddress { get; init; }

    /// <summary>Who resolves upstreams given by name; empty: the machine's own resolver.</summary>
    public ImmutableArray<IPEndPoint> Resolvers { get; init; } = [];

    public SourceLocation Location { get; init; }
}
