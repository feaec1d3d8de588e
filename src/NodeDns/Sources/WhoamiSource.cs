using System;
using System.Buffers.Binary;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Sources;

/// <summary>The whoami directive: tells the client its own address, port and transport in the additional section.</summary>
internal static class WhoamiSource
{
    public static SourceVerdict TryAnswer(in QueryContext query, ref ResponseWriter writer, ref SourceResult detail)
    {
        detail = new SourceResult();
        bool written = LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: true)
            && writer.TryAddRecord(
                MessageSection.Additional,
                query.QuestionName,
                query.Client.IsIPv6 ? RecordType.AAAA : RecordType.A,
                query.Class,
                0,
                query.Client.AddressBytes);

        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        ReadOnlySpan<byte> prefix = query.IsTcp ? "\u0004_tcp"u8 : "\u0004_udp"u8;
        if (!written || prefix.Length + query.Name.Length > owner.Length)
        {
            return written ? SourceVerdict.Answered : SourceVerdict.ServFail;
        }

        prefix.CopyTo(owner);
        query.QuestionName.CopyTo(owner[prefix.Length..]);

        // SRV: priority, weight, port and the root as target.
        Span<byte> data = stackalloc byte[7];
        data.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(data[4..], query.Client.Port);
        written = writer.TryAddRecord(
            MessageSection.Additional,
            owner[..(prefix.Length + query.Name.Length)],
            RecordType.SRV,
            query.Class,
            0,
            data);
        return written ? SourceVerdict.Answered : SourceVerdict.ServFail;
    }
}
