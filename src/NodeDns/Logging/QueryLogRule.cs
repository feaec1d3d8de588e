using System.Collections.Immutable;

namespace NodeDns.Logging;

/// <summary>One log directive: for which names, which answers, in which format.</summary>
/// <param name="Zones">Wire form, case folded.</param>
internal sealed record QueryLogRule(ImmutableArray<byte[]> Zones, QueryLogFormat Format, QueryLogClasses Classes);
