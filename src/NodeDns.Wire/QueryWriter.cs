using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <summary>
/// Writes the query that goes to an upstream: one question and our own OPT, nothing of the client's besides.
/// </summary>
/// <remarks>Because queries are built and not copied, options, trailing bytes and TSIGs of clients end here.</remarks>
public static class QueryWriter
{
    /// <summary>The flags a client may pass on (RFC 4035 §3.2.2, RFC 6840 §5.7).</summary>
    private const HeaderFlags Passed =
        HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled | HeaderFlags.AuthenticData;

    public static bool TryWrite(
        Span<byte> buffer, ushort id, HeaderFlags flags, ReadOnlySpan<byte> name, RecordType type, RecordClass @class,
        bool edns, bool dnssecOk, ushort udpPayloadSize, out int length)
    {
        length = 0;
        int questionEnd = WireLimits.HeaderLength + name.Length + WireLimits.QuestionFixedLength;
        if (name.IsEmpty || name.Length > WireLimits.MaxNameLength || buffer.Length < questionEnd)
        {
            return false;
        }

        buffer[..WireLimits.HeaderLength].Clear();
        MessageHeader.SetId(buffer, id);
        MessageHeader.SetFlags(buffer, (ushort)(flags & Passed));
        MessageHeader.SetQuestionCount(buffer, 1);
        name.CopyTo(buffer[WireLimits.HeaderLength..]);
        Span<byte> fields = buffer[(questionEnd - WireLimits.QuestionFixedLength)..];
        BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], (ushort)@class);
        length = questionEnd;
        return !edns || EdnsWriter.TryAppend(
            buffer, ref length, udpPayloadSize, dnssecOk, ResponseCode.NoError, ExtendedError.None, default, false, 0);
    }
}
