namespace NodeDns.Cache;

/// <summary>Outcome of a cache lookup.</summary>
internal enum LookupStatus : byte
{
    Miss,
    Fresh,
    Stale,
}
