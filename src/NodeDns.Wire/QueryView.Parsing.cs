using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <content>The judgement of a client's bytes; RFC 8906, RFC 9619 and RFC 6891 §7 decide between the errors.</content>
public readonly ref partial struct QueryView
{
    private const int CountsOffset = 4;
    private const int OneQuestionShift = 48;
    private const byte ResponseBit = 0x80;
    private const byte OpcodeBits = 0x78;

    /// <summary>Judges a message. Whatever the status, the view holds what was readable.</summary>
    public static ParseStatus TryParse(ReadOnlySpan<byte> message, out QueryView query)
    {
        if (message.Length < WireLimits.HeaderLength || (message[2] & ResponseBit) != 0)
        {
            query = new QueryView(message);
            return ParseStatus.Ignore;
        }

        if ((message[2] & OpcodeBits) != 0)
        {
            query = new QueryView(message);
            return ParseStatus.NotImplemented;
        }

        // All four counts in one load: QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT.
        ulong counts = BinaryPrimitives.ReadUInt64BigEndian(message[CountsOffset..]);
        if (counts >> OneQuestionShift != 1 || !TryReadName(message, out int nameLength, out int labelCount))
        {
            query = new QueryView(message);
            return ParseStatus.FormatError;
        }

        ReadOnlySpan<byte> name = message.Slice(WireLimits.HeaderLength, nameLength);
        ReadOnlySpan<byte> fields = message[(WireLimits.HeaderLength + nameLength)..];
        if (fields.Length < WireLimits.QuestionFixedLength)
        {
            query = new QueryView(message);
            return ParseStatus.FormatError;
        }

        uint typeAndClass = BinaryPrimitives.ReadUInt32BigEndian(fields);
        RecordType type = (RecordType)(typeAndClass >> 16);
        QueryEdns edns = QueryEdns.Absent;
        ParseStatus status = ParseStatus.Ok;
        if ((counts << 16) != 0)
        {
            int questionEnd = WireLimits.HeaderLength + nameLength + WireLimits.QuestionFixedLength;
            status = QueryEdns.TryRead(message, questionEnd, out edns);
        }

        query = new QueryView(message, name, labelCount, type, (RecordClass)(ushort)typeAndClass, edns);
        return status == ParseStatus.Ok && IsMeta(type) ? JudgeMeta(type) : status;
    }

    /// <summary>
    /// Measures QNAME; a pointer there has nothing to point to and is refused with everything above 63.
    /// </summary>
    private static bool TryReadName(ReadOnlySpan<byte> message, out int length, out int labelCount)
    {
        int position = WireLimits.HeaderLength;
        int labels = 0;
        while ((uint)position < (uint)message.Length)
        {
            int label = message[position];
            if (label == 0)
            {
                length = position + 1 - WireLimits.HeaderLength;
                labelCount = labels;
                return length <= WireLimits.MaxNameLength;
            }

            if (label > WireLimits.MaxLabelLength || labels == WireLimits.MaxLabels)
            {
                break;
            }

            position += label + 1;
            labels++;
        }

        length = 0;
        labelCount = 0;
        return false;
    }

    /// <summary>Types that are no data (RFC 6895 §3.1 keeps 128 to 255 for them), but for ANY.</summary>
    private static bool IsMeta(RecordType type) =>
        type == RecordType.OPT || (uint)(type - RecordType.NXNAME) < RecordType.Any - RecordType.NXNAME;

    /// <summary>OPT is no question (CVE-2018-14644); transfers, transactions and what may yet come are not for a cache.</summary>
    private static ParseStatus JudgeMeta(RecordType type) =>
        type == RecordType.OPT ? ParseStatus.FormatError : ParseStatus.Refused;
}
