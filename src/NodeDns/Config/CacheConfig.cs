using System;
using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>The cache directive. TTLs are seconds; the defaults are CoreDNS's.</summary>
internal sealed record CacheConfig
{
    /// <summary>
    /// No share of its own: the memory of all is the bound. CoreDNS's 10,000 entries bound a memory that nothing else bounds.
    /// </summary>
    public const int DefaultCapacity = 0;

    public const int DefaultSuccessMaxTtl = 3600;
    public const int DefaultDenialMaxTtl = 1800;
    public const int DefaultMinTtl = 5;

    /// <summary>Names at or below these zones are cached.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    public int SuccessCapacity { get; init; } = DefaultCapacity;

    public int SuccessMaxTtl { get; init; } = DefaultSuccessMaxTtl;

    /// <summary>Never above <see cref="SuccessMaxTtl"/>.</summary>
    public int SuccessMinTtl { get; init; } = DefaultMinTtl;

    public int DenialCapacity { get; init; } = DefaultCapacity;

    public int DenialMaxTtl { get; init; } = DefaultDenialMaxTtl;

    /// <summary>Never above <see cref="DenialMaxTtl"/>.</summary>
    public int DenialMinTtl { get; init; } = DefaultMinTtl;

    public PrefetchConfig? Prefetch { get; init; }

    public ServeStaleConfig? ServeStale { get; init; }

    /// <summary>How long a failure is kept at most; zero means never, null that the Corefile does not say.</summary>
    public TimeSpan? ServfailTtl { get; init; }

    public ImmutableArray<string> DisableSuccessZones { get; init; } = [];

    public ImmutableArray<string> DisableDenialZones { get; init; } = [];

    public bool KeepTtl { get; init; }
}
