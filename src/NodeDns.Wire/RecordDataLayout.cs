namespace NodeDns.Wire;

/// <summary>Where the domain names are in the data of a type whose names a server may have compressed.</summary>
/// <remarks>
/// RFC 3597 §4 closes the list: names of RFC 1035's types, and of the few that came before the ban, are expanded;
/// every other type's data is opaque and copied byte by byte, whatever it looks like.
/// </remarks>
internal readonly struct RecordDataLayout
{
    private RecordDataLayout(int prefixLength, int nameCount, bool mayCompress, int stringCount = 0)
    {
        PrefixLength = prefixLength;
        NameCount = nameCount;
        MayCompress = mayCompress;
        StringCount = stringCount;
    }

    /// <summary>Bytes in front of the first name.</summary>
    public int PrefixLength { get; }

    /// <summary>Names in a row; what follows them is opaque. None: all of the data is.</summary>
    public int NameCount { get; }

    /// <summary>True where a reader must expect pointers (RFC 3597 §4: the types of RFC 1035 only).</summary>
    public bool MayCompress { get; }

    /// <summary>Character strings between prefix and names, for NAPTR (RFC 3403 §4.1).</summary>
    public int StringCount { get; }

    public static RecordDataLayout Of(RecordType type) => type switch
    {
        RecordType.NS or RecordType.MD or RecordType.MF or RecordType.CNAME or RecordType.MB or RecordType.MG
            or RecordType.MR or RecordType.PTR => new RecordDataLayout(0, 1, true),
        RecordType.SOA or RecordType.MINFO => new RecordDataLayout(0, 2, true),
        RecordType.MX => new RecordDataLayout(2, 1, true),
        RecordType.RP => new RecordDataLayout(0, 2, false),
        RecordType.AFSDB or RecordType.RT or RecordType.KX => new RecordDataLayout(2, 1, false),
        RecordType.PX => new RecordDataLayout(2, 2, false),
        RecordType.SRV => new RecordDataLayout(6, 1, false),
        RecordType.SIG => new RecordDataLayout(18, 1, false),
        RecordType.NXT or RecordType.DNAME => new RecordDataLayout(0, 1, false),
        RecordType.NAPTR => new RecordDataLayout(4, 1, false, 3),
        _ => default,
    };
}
