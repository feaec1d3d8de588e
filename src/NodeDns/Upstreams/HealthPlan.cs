using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>How one <c>forward</c> line judges its upstreams and what it probes them with.</summary>
/// <param name="MaxFails">Failures in a row above which an upstream is down; 0 for never, and no probes.</param>
/// <param name="IntervalMilliseconds">From one probe to the next while the upstream does not answer.</param>
/// <param name="ProbeName">The name probed, in wire form.</param>
/// <param name="ProbeType">SOA of a stub zone, else NS.</param>
/// <param name="ProbeFlags">RD, unless the operator said <c>no_rec</c>.</param>
/// <param name="OverStream">Probed over TCP, as it is asked.</param>
internal sealed record HealthPlan(
    int MaxFails, long IntervalMilliseconds, byte[] ProbeName, RecordType ProbeType, HeaderFlags ProbeFlags,
    bool OverStream);
