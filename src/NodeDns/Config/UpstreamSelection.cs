namespace NodeDns.Config;

/// <summary>forward's policy: in which order upstreams are tried.</summary>
internal enum UpstreamSelection : byte
{
    Random,
    RoundRobin,
    Sequential,

    /// <summary>Ours: the upstream that answers soonest first, the others now and then to see whether they got better.</summary>
    Fastest,
}
