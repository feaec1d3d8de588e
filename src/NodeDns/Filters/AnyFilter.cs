using System;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>The any directive: an ANY question gets one HINFO record instead of everything (RFC 8482 §4.2).</summary>
internal static class AnyFilter
{
    public const uint Ttl = 8482;

    private static ReadOnlySpan<byte> Data => "\u000DANY obsoleted\u000CSee RFC 8482"u8;

    public static FilterVerdict Check(in QueryContext query) =>
        query.Type == RecordType.Any ? FilterVerdict.Answer : FilterVerdict.Pass;

    public static bool TryWrite(in QueryContext query, ref ResponseWriter writer) =>
        LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: false)
        && writer.TryAddRecord(
            MessageSection.Answer, query.QuestionName, RecordType.HINFO, RecordClass.IN, Ttl, Data);
}
