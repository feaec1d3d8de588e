namespace NodeDns.Metrics;

/// <summary>What the loop probes found.</summary>
internal sealed class LoopCounters
{
    public long Detected;
}
