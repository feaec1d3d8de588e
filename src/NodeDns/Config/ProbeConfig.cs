using System;
using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>probe: a question asked of upstreams from time to time, whoever else asks.</summary>
/// <param name="Upstreams">Empty: those of the block's <c>forward</c> lines.</param>
internal sealed record ProbeConfig(
    string Name,
    ImmutableArray<ProbeTypeConfig> Types,
    TimeSpan Every,
    ImmutableArray<UpstreamAddressConfig> Upstreams)
{
    public static readonly TimeSpan DefaultEvery = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan LeastEvery = TimeSpan.FromSeconds(1);

    /// <summary>Types in one directive.</summary>
    public const int MaxTypes = 8;
}

/// <summary>A record type by number and as it was written, which becomes a label.</summary>
internal readonly record struct ProbeTypeConfig(ushort Number, string Text);
