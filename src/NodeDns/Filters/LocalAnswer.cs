using System;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>The beginnings that all answers made on this node share.</summary>
internal static class LocalAnswer
{
    /// <summary>
    /// How long clients may keep a made-up denial: long enough to silence a search list that is walked for every
    /// connection, short enough that a changed Corefile is felt within a minute.
    /// </summary>
    public const uint NegativeTtl = 60;

    /// <summary>Header and question. RD and CD are the client's (RFC 1035 §4.1.1, RFC 4035 §3.2.2), RA is ours.</summary>
    public static bool TryBegin(
        in QueryContext query, ref ResponseWriter writer, ResponseCode rcode, bool authoritative)
    {
        const HeaderFlags Kept = HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled;
        HeaderFlags flags = HeaderFlags.Response | HeaderFlags.RecursionAvailable | (query.Query.Flags & Kept)
            | (authoritative ? HeaderFlags.Authoritative : 0);
        bool begun = writer.TryBegin(
            query.Query.Id, (ushort)flags, query.QuestionName, query.Type, query.Class);
        writer.SetRcode(rcode);
        return begun;
    }

    /// <summary>A whole negative answer, NXDOMAIN or NODATA, with the SOA that lets clients keep it (RFC 2308 §3).</summary>
    public static bool TryWriteNegative(
        in QueryContext query, ref ResponseWriter writer, ResponseCode rcode, ReadOnlySpan<byte> zone) =>
        TryBegin(query, ref writer, rcode, authoritative: true)
        && writer.TryAddSoa(MessageSection.Authority, zone, NegativeTtl, NegativeTtl);
}
