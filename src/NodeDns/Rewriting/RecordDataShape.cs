using System;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>Where the domain names lie in the RDATA of a type: bytes before the first, and how many follow each other.</summary>
/// <remarks>
/// The types whose names may be compressed on the wire (RFC 3597 §4), and DNAME, whose names a rewrite may concern.
/// RDATA of all other types is opaque.
/// </remarks>
internal readonly record struct RecordDataShape(int Prefix, int Names)
{
    /// <summary>The longest RDATA that is taken apart: NAPTR with three full strings and its name.</summary>
    public const int MaxExpandedLength = 2048;

    public static RecordDataShape Of(RecordType type, ReadOnlySpan<byte> data) => type switch
    {
        RecordType.NS or RecordType.MD or RecordType.MF or RecordType.CNAME or RecordType.MB or RecordType.MG
            or RecordType.MR or RecordType.PTR or RecordType.DNAME => new RecordDataShape(0, 1),
        RecordType.SOA or RecordType.MINFO or RecordType.RP => new RecordDataShape(0, 2),
        RecordType.MX or RecordType.AFSDB or RecordType.RT or RecordType.KX => new RecordDataShape(2, 1),
        RecordType.PX => new RecordDataShape(2, 2),
        RecordType.SRV => new RecordDataShape(6, 1),
        RecordType.NAPTR => new RecordDataShape(NaptrPrefix(data), 1),
        RecordType.SIG or RecordType.RRSIG => new RecordDataShape(18, 1),
        RecordType.NXT or RecordType.NSEC => new RecordDataShape(0, 1),
        _ => default,
    };

    /// <summary>RDATA with its names in full: in the buffer, or in the message itself where it holds no names.</summary>
    public static bool TryExpand(
        ReadOnlySpan<byte> message,
        RecordType type,
        int offset,
        int length,
        Span<byte> buffer,
        out ReadOnlySpan<byte> expanded)
    {
        expanded = message.Slice(offset, length);
        RecordDataShape shape = Of(type, expanded);
        if (shape.Names == 0)
        {
            return true;
        }

        int end = offset + length;
        int next = offset + shape.Prefix;
        int written = shape.Prefix;
        if (shape.Prefix > length || !message[offset..next].TryCopyTo(buffer))
        {
            return false;
        }

        for (int i = 0; i < shape.Names; i++)
        {
            if (!DomainName.TryExpand(message, next, buffer[written..], out int nameLength, out next) || next > end)
            {
                return false;
            }

            written += nameLength;
        }

        ReadOnlySpan<byte> rest = message[next..end];
        expanded = buffer[..Math.Min(written + rest.Length, buffer.Length)];
        return rest.TryCopyTo(buffer[written..]);
    }

    // Two numbers and three strings stand before the name (RFC 3403 §4.1).
    private static int NaptrPrefix(ReadOnlySpan<byte> data)
    {
        int prefix = 4;
        for (int i = 0; i < 3 && prefix < data.Length; i++)
        {
            prefix += data[prefix] + 1;
        }

        return prefix;
    }
}
