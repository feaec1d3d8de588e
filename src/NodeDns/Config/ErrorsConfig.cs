using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>errors: failed questions are logged, patterns of them in one line per period.</summary>
internal sealed record ErrorsConfig(bool Stacktrace, ImmutableArray<ErrorsConsolidateConfig> Consolidate);
