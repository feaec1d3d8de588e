using System;
using System.Buffers.Binary;

namespace NodeDns.Upstreams;

/// <summary>Adds the operator's own EDNS options to a query that ends in our empty OPT.</summary>
internal static class QueryOptions
{
    public static bool TryAppend(Span<byte> query, ref int length, ReadOnlySpan<byte> options)
    {
        if (options.Length > UpstreamLimits.MaxOptionBytes || length + options.Length > query.Length)
        {
            return false;
        }

        // The OPT is the last record and has no data yet, so its RDLENGTH is the last field (RFC 6891 §6.1.2).
        BinaryPrimitives.WriteUInt16BigEndian(query[(length - 2)..], (ushort)options.Length);
        options.CopyTo(query[length..]);
        length += options.Length;
        return true;
    }
}
