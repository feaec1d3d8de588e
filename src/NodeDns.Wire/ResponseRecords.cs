using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <summary>What one walk over a response's records found, as numbers and offsets.</summary>
internal struct ResponseRecords
{
    private const int AddressLength = 4;
    private const int LongAddressLength = 16;

    /// <summary>SERIAL, REFRESH, RETRY, EXPIRE and MINIMUM behind the two names of a SOA (RFC 1035 §3.3.13).</summary>
    private const int SoaTimersLength = 20;
    private const int SoaMinimumOffset = 16;
    private const int InfoCodeLength = 2;

    public int AnswerEnd;
    public int AuthorityEnd;
    public int End;
    public int AnswerCount;
    public int AuthorityCount;
    public int AdditionalCount;
    public int EdnsOffset;
    public int EdnsOptionsOffset;
    public int EdnsEnd;
    public uint MinTtl;
    public uint NegativeTtl;
    public byte ExtendedRcode;
    public ExtendedError ExtendedError;
    public bool HasSoa;
    public bool HasNameServer;
    public bool HasDnssecRecords;

    public static ResponseRecords None(int questionEnd) => new()
    {
        AnswerEnd = questionEnd,
        AuthorityEnd = questionEnd,
        End = questionEnd,
        EdnsOffset = -1,
        EdnsEnd = -1,
        MinTtl = uint.MaxValue,
        ExtendedError = ExtendedError.None,
    };

    /// <summary>Walks all records; false when they cannot be read, or say what no honest response says.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> message, RecordType askedType, int questionEnd, out ResponseRecords records)
    {
        records = None(questionEnd);
        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
            bool isUsable = reader.Type == RecordType.OPT
                ? records.TryTakeEdns(message, reader)
                : records.TryTake(message, reader, askedType);
            if (!isUsable)
            {
                return false;
            }
        }

        records.End = reader.Position;
        return !reader.IsMalformed;
    }

    private bool TryTake(ReadOnlySpan<byte> message, in RecordReader reader, RecordType askedType)
    {
        MinTtl = Math.Min(MinTtl, reader.Ttl);
        switch (reader.Section)
        {
            case MessageSection.Answer:
                AnswerCount++;
                AnswerEnd = AuthorityEnd = reader.End;
                break;
            case MessageSection.Authority:
                AuthorityCount++;
                AuthorityEnd = reader.End;
                break;
            default:
                AdditionalCount++;
                break;
        }

        switch (reader.Type)
        {
            case RecordType.A:
                return reader.DataLength == AddressLength || reader.Class != RecordClass.IN;
            case RecordType.AAAA:
                return reader.DataLength == LongAddressLength;
            case RecordType.NS:
                HasNameServer |= reader.Section == MessageSection.Authority;
                return true;
            case RecordType.SOA:
                return reader.Section != MessageSection.Authority || TryTakeSoa(message, reader);
            case RecordType.RRSIG or RecordType.NSEC or RecordType.NSEC3:
                HasDnssecRecords |= reader.Type != askedType;
                return true;
            default:
                return true;
        }
    }

    private bool TryTakeSoa(ReadOnlySpan<byte> message, in RecordReader reader)
    {
        if (!DomainName.TrySkip(message, reader.DataOffset, out int mailboxOffset)
            || !DomainName.TrySkip(message, mailboxOffset, out int timersOffset)
            || timersOffset + SoaTimersLength != reader.End)
        {
            return false;
        }

        uint minimum = BinaryPrimitives.ReadUInt32BigEndian(message[(timersOffset + SoaMinimumOffset)..]);
        uint ttl = Math.Min(reader.Ttl, Math.Min(minimum, int.MaxValue));
        NegativeTtl = HasSoa ? Math.Min(NegativeTtl, ttl) : ttl;
        HasSoa = true;
        return true;
    }

    private bool TryTakeEdns(ReadOnlySpan<byte> message, in RecordReader reader)
    {
        if (EdnsOffset >= 0 || reader.Section != MessageSection.Additional || message[reader.NameOffset] != 0)
        {
            return false;
        }

        EdnsOffset = reader.NameOffset;
        EdnsOptionsOffset = reader.DataOffset;
        EdnsEnd = reader.End;
        ExtendedRcode = (byte)(reader.RawTtl >> 24);
        EdnsOptionReader options = new(reader.Data);
        while (options.MoveNext())
        {
            if (options.Code == EdnsOptionCode.ExtendedError && ExtendedError == ExtendedError.None
                && options.Data.Length >= InfoCodeLength)
            {
                ExtendedError = (ExtendedError)BinaryPrimitives.ReadUInt16BigEndian(options.Data);
            }
        }

        return !options.IsMalformed;
    }
}
