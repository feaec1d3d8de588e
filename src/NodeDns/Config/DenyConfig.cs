using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>deny: NXDOMAIN for these names and everything below them.</summary>
internal sealed record DenyConfig(ImmutableArray<string> Names);
