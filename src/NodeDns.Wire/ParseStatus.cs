namespace NodeDns.Wire;

/// <summary>What became of a client's message, which is also what must be answered.</summary>
public enum ParseStatus : byte
{
    Ok,

    /// <summary>No message at all, or a response: silence, so that no two servers talk in a circle.</summary>
    Ignore,

    /// <summary>FORMERR, the header only and without an OPT.</summary>
    FormatError,

    /// <summary>FORMERR with an OPT: the client speaks EDNS but wrongly (RFC 6891 §7).</summary>
    FormatErrorWithEdns,

    /// <summary>NOTIMP: an opcode other than QUERY.</summary>
    NotImplemented,

    /// <summary>BADVERS with an OPT of version 0 (RFC 6891 §6.1.3).</summary>
    BadVersion,

    /// <summary>REFUSED: zone transfers and transaction types are nothing to ask a cache for.</summary>
    Refused,
}
