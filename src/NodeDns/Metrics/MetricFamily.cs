namespace NodeDns.Metrics;

/// <summary>One metric: its name with all its suffixes, what it is, its help, its labels in their order.</summary>
internal sealed record MetricFamily(string Name, MetricKind Kind, string Help, params string[] Labels);
