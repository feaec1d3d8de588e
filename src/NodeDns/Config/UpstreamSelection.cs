namespace NodeDns.Config;

/// <summary>forward's policy: in which order upstreams are tried.</summary>
internal enum UpstreamSelection : byte
{
    Random,
    RoundRobin,
    Sequential,
}
