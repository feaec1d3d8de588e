using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>ndots_filter: names that only a resolver's search list can have made get NXDOMAIN without an upstream.</summary>
/// <param name="MinLabels">Names with at least this many labels before the zone are denied.</param>
/// <param name="Allow">Names that pass, with everything below them.</param>
/// <param name="Kubernetes">Only names that cannot exist by the Kubernetes DNS specification are denied.</param>
internal sealed record NdotsFilterConfig(
    string Zone,
    int MinLabels,
    ImmutableArray<string> Allow,
    bool Kubernetes)
{
    public const int DefaultMinLabels = 2;
}
