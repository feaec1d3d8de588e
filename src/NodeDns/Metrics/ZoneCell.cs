namespace NodeDns.Metrics;

/// <summary>The single counters of a zone.</summary>
internal enum ZoneCell
{
    DnssecOk,
    Truncated,
    HitsSuccess,
    HitsDenial,
    Misses,
    Prefetches,
    ServedStale,
    Drops,
    AclBlocked,
    AclFiltered,
    AclDropped,
    AclAllowed,
    FilteredAny,
    FilteredDeny,
    FilteredNdots,
    Count,
}
