namespace NodeDns.Wire;

/// <summary>Every bound of the wire format and of the work that one message may cause.</summary>
public static class WireLimits
{
    public const int HeaderLength = 12;

    /// <summary>RFC 1035 §2.3.4: a whole name, length bytes and root included.</summary>
    public const int MaxNameLength = 255;

    public const int MaxLabelLength = 63;

    /// <summary>127 labels of one byte and the root fill 255 bytes.</summary>
    public const int MaxLabels = 127;

    /// <summary>The length prefix of TCP has 16 bits (RFC 1035 §4.2.2).</summary>
    public const int MaxMessageLength = 65535;

    /// <summary>
    /// RFC 6891 §6.2.3: smaller sizes are read as this one; also the limit without EDNS (RFC 1035 §4.2.1).
    /// </summary>
    public const int MinUdpPayload = 512;

    /// <summary>Fits into one unfragmented packet on any path that IPv6 allows (DNS Flag Day 2020).</summary>
    public const int DefaultUdpPayload = 1232;

    /// <summary>No name of 127 labels needs more (RFC 9267 §2.1).</summary>
    public const int MaxPointerJumps = 126;

    /// <summary>Type and class behind a question's name.</summary>
    public const int QuestionFixedLength = 4;

    /// <summary>Type, class, TTL and data length behind a record's owner name.</summary>
    public const int RecordFixedLength = 10;

    /// <summary>A record of the root without data; lets counts be judged before any record is read.</summary>
    public const int MinRecordLength = RecordFixedLength + 1;

    /// <summary>As many addresses as fit into 64 KiB: 4,095 A records of 16 bytes.</summary>
    public const int MaxRecords = 4096;

    /// <summary>Longest CNAME chain that counts as an answer; Unbound follows 11.</summary>
    public const int MaxAliases = 16;

    /// <summary>
    /// Bytes of names that one message may make us expand or compare by means of pointers. Without it 4,096 records
    /// that point to names of 255 bytes cost a megabyte (RFC 9267 §2); honest answers of 64 KiB stay below 200 KiB.
    /// </summary>
    public const int MaxNameWork = 256 * 1024;

    /// <summary>An OPT record without options (RFC 6891 §6.1.2).</summary>
    public const int EdnsFixedLength = MinRecordLength;

    /// <summary>Code and length in front of an EDNS option.</summary>
    public const int EdnsOptionHeaderLength = 4;

    public const int ClientCookieLength = 8;

    /// <summary>Offsets in compression pointers have 14 bits.</summary>
    public const int MaxPointerTarget = 0x3FFF;
}
