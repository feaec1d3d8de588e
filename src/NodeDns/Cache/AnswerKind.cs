namespace NodeDns.Cache;

/// <summary>Which of a zone's capacities and TTL rules an entry falls under.</summary>
internal enum AnswerKind : byte
{
    /// <summary>The rest of a ring before its end, which holds no entry.</summary>
    Filler = 0,
    Success = 1,

    /// <summary>NXDOMAIN or NODATA with a SOA (RFC 2308).</summary>
    Denial = 2,

    /// <summary>SERVFAIL and the like, kept for seconds (RFC 9520).</summary>
    Failure = 3,
}
