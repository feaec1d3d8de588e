using System;
using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>hosts: answers from a file in the format of /etc/hosts and from lines in the Corefile.</summary>
internal sealed record HostsConfig
{
    /// <summary>Path of the file; /etc/hosts unless named. It may be absent.</summary>
    public required string File { get; init; }

    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The lines in the Corefile.</summary>
    public ImmutableArray<HostsEntryConfig> Entries { get; init; } = [];

    public int Ttl { get; init; } = 3600;

    /// <summary>How often the file is looked at; zero: never again.</summary>
    public TimeSpan Reload { get; init; } = TimeSpan.FromSeconds(5);

    public bool NoReverse { get; init; }

    /// <summary>Zones in which a name that is not in the table goes on; empty: it ends here.</summary>
    public ImmutableArray<string> Fallthrough { get; init; } = [];

    /// <summary>A question of a type other than A, AAAA and PTR goes on.</summary>
    public bool FallthroughUnsupported { get; init; }
}
