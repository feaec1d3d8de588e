using System;
using System.Buffers.Binary;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>Makes encrypted queries of different lengths look alike.</summary>
internal static class QueryPadding
{
    /// <summary>RFC 8467 §4.1: clients pad to multiples of 128 octets. The 468 of that section are for the server's responses.</summary>
    public const int BlockBytes = 128;

    // RFC 7830: code and length, then zeros.
    private const int HeaderBytes = 4;

    /// <summary>Adds the option to the OPT that ends a query, behind the options it has already.</summary>
    /// <param name="optionBytes">What those options take.</param>
    public static bool TryAppend(Span<byte> query, ref int length, int optionBytes)
    {
        int padded = (length + HeaderBytes + BlockBytes - 1) / BlockBytes * BlockBytes;
        if (padded > query.Length)
        {
            return false;
        }

        Span<byte> option = query[length..padded];
        option.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(option, (ushort)EdnsOptionCode.Padding);
        BinaryPrimitives.WriteUInt16BigEndian(option[2..], (ushort)(option.Length - HeaderBytes));
        BinaryPrimitives.WriteUInt16BigEndian(query[(length - optionBytes - 2)..], (ushort)(optionBytes + option.Length));
        length = padded;
        return true;
    }
}
