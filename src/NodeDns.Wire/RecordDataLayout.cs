namespace NodeDns.Wire;

/// <summary>Where the domain names are in the data of a type whose names a server may have compressed.</summary>
/// <remarks>
/// RFC 3597 §4 closes the list: names of RFC 1035's types, and of the few that came before the ban, are expanded;
/// every other type's data is opaque and copied byte by byte, whatever it looks like.
/// </remarks>
internal readonly struct RecordDataLayout
{
    /// <summary>What follows the names has no fixed length.</summary>
    public const int AnyLength = -1;

    private RecordDataLayout(int prefixLength, int nameCount, bool mayCompress, int tailLength = 0, int stringCount = 0)
    {
        PrefixLength = prefixLength;
        NameCount = nameCount;
        MayCompress = mayCompress;
        TailLength = tailLength;
        StringCount = stringCount;
    }

    /// <summary>Bytes in front of the first name.</summary>
    public int PrefixLength { get; }

    /// <summary>Names in a row. None: all of the data is opaque.</summary>
    public int NameCount { get; }

    /// <summary>True where a reader must expect pointers (RFC 3597 §4: the types of RFC 1035 only).</summary>
    public bool MayCompress { get; }

    /// <summary>Opaque bytes behind the names, or <see cref="AnyLength"/>.</summary>
    public int TailLength { get; }

    /// <summary>Character strings between prefix and names, for NAPTR (RFC 3403 §4.1).</summary>
    public int StringCount { get; }

    public static RecordDataLayout Of(RecordType type) => type switch
    {
        RecordType.NS or RecordType.MD or RecordType.MF or RecordType.CNAME or RecordType.MB or RecordType.MG
            or RecordType.MR or RecordType.PTR => new RecordDataLayout(0, 1, true),
        RecordType.SOA => new RecordDataLayout(0, 2, true, 20),
        RecordType.MINFO => new RecordDataLayout(0, 2, true),
        RecordType.MX => new RecordDataLayout(2, 1, true),
        RecordType.RP => new RecordDataLayout(0, 2, false),
        RecordType.AFSDB or RecordType.RT or RecordType.KX => new RecordDataLayout(2, 1, false),
        RecordType.PX => new RecordDataLayout(2, 2, false),
        RecordType.SRV => new RecordDataLayout(6, 1, false),
        RecordType.SIG => new RecordDataLayout(18, 1, false, AnyLength),
        RecordType.NXT => new RecordDataLayout(0, 1, false, AnyLength),
        RecordType.DNAME => new RecordDataLayout(0, 1, false),
        RecordType.NAPTR => new RecordDataLayout(4, 1, false, stringCount: 3),
        _ => default,
    };
}
