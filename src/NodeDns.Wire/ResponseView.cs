using System;

namespace NodeDns.Wire;

/// <summary>An upstream's response, checked against the question asked and then read in place.</summary>
/// <remarks>
/// The upstream is as hostile as any client: all records are walked once, none is believed for another name than the
/// one asked, and every byte behind the last counted record is cut off. A response with TC whose records are cut in
/// mid-record is accepted as one without records, because all that counts is that it says TC.
/// </remarks>
public readonly ref partial struct ResponseView
{
    private readonly ResponseRecords _records;

    private ResponseView(
        ReadOnlySpan<byte> message, RecordType askedType, int questionEnd, scoped in ResponseRecords records,
        AnswerShape shape)
    {
        Message = message;
        AskedType = askedType;
        QuestionEnd = questionEnd;
        _records = records;
        Shape = shape;
    }

    /// <summary>The message up to its parsed end.</summary>
    public ReadOnlySpan<byte> Message { get; }

    public RecordType AskedType { get; }

    public ushort Id => MessageHeader.GetId(Message);

    /// <summary>The header's second word as it is.</summary>
    public ushort Flags => MessageHeader.GetFlags(Message);

    /// <summary>The response code with the OPT's upper bits.</summary>
    public ResponseCode Rcode => (ResponseCode)((_records.ExtendedRcode << 4) | (int)MessageHeader.GetRcode(Message));

    public bool IsTruncated => (Flags & (ushort)HeaderFlags.Truncated) != 0;

    public bool IsAuthenticData => (Flags & (ushort)HeaderFlags.AuthenticData) != 0;

    public int QuestionEnd { get; }

    /// <summary>Offset behind the last answer record.</summary>
    public int AnswerEnd => _records.AnswerEnd;

    /// <summary>Offset behind the last authority record.</summary>
    public int AuthorityEnd => _records.AuthorityEnd;

    public int AnswerCount => _records.AnswerCount;

    public int AuthorityCount => _records.AuthorityCount;

    /// <summary>Additional records without the OPT.</summary>
    public int AdditionalCount => _records.AdditionalCount;

    public bool HasEdns => _records.EdnsOffset >= 0;

    /// <summary>Where the OPT record begins, -1 without one.</summary>
    public int EdnsOffset => _records.EdnsOffset;

    public int EdnsEnd => _records.EdnsEnd;

    /// <summary>True when nothing follows the OPT, so that cutting there removes it.</summary>
    public bool EdnsIsLast => HasEdns && EdnsEnd == Message.Length;

    public ReadOnlySpan<byte> EdnsOptions => HasEdns ? Message[_records.EdnsOptionsOffset..EdnsEnd] : default;

    /// <summary>The first extended error, or None.</summary>
    public ExtendedError ExtendedError => _records.ExtendedError;

    /// <summary>The lowest TTL of all records but the OPT; <see cref="uint.MaxValue"/> when there are none.</summary>
    public uint MinTtl => _records.MinTtl;

    /// <summary>
    /// True when the authority section has a SOA, without which nothing negative is cached (RFC 2308 §5).
    /// </summary>
    public bool HasSoa => _records.HasSoa;

    /// <summary>The lower of the SOA's TTL and its MINIMUM (RFC 2308 §5); 0 without a SOA.</summary>
    public uint NegativeTtl => _records.NegativeTtl;

    /// <summary>True when there is an RRSIG, NSEC or NSEC3 that was not itself asked for.</summary>
    public bool HasDnssecRecords => _records.HasDnssecRecords;

    /// <summary>True for a referral: name servers in the authority section and no SOA.</summary>
    public bool HasDelegation => _records.HasNameServer && !_records.HasSoa;

    public AnswerShape Shape { get; }
}
