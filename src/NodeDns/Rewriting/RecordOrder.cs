using System;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>Changes the places of records inside a finished message without touching what anything points at.</summary>
internal static class RecordOrder
{
    private const int TtlLength = 4;
    private const int PointerMask = 0xC0;

    /// <summary>Notes where the records lie; 0 for a malformed message, at most as many as there is room for.</summary>
    public static int Collect(ReadOnlySpan<byte> message, int questionEnd, Span<AnswerRecord> records)
    {
        RecordReader reader = new(message, questionEnd);
        int count = 0;
        while (count < records.Length && reader.MoveNext())
        {
            records[count++] = new AnswerRecord(
                reader.Type, reader.Section, reader.NameOffset, reader.TtlOffset, reader.DataOffset, reader.End);
        }

        return reader.IsMalformed ? 0 : count;
    }

    public static bool IsAddress(in AnswerRecord record) =>
        record.Section != MessageSection.Authority
        && record is { Type: RecordType.A, DataLength: 4 } or { Type: RecordType.AAAA, DataLength: 16 };

    /// <summary>True for addresses of the same name in the same section.</summary>
    public static bool IsSameSet(ReadOnlySpan<byte> message, in AnswerRecord first, in AnswerRecord other)
    {
        if (other.Type != first.Type || other.Section != first.Section || other.DataLength != first.DataLength)
        {
            return false;
        }

        // Nearly always both are the same pointer, or written out the same way.
        if (message[first.Start..first.TtlOffset].SequenceEqual(message[other.Start..other.TtlOffset]))
        {
            return true;
        }

        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        return DomainName.TryExpand(message, first.Start, owner, out int length, out _)
            && DomainName.EqualsIgnoreCase(message, other.Start, owner[..length]);
    }

    /// <summary>Exchanges data and TTL of two records of the same size.</summary>
    public static void SwapAddresses(Span<byte> message, in AnswerRecord a, in AnswerRecord b)
    {
        Swap(message.Slice(a.DataOffset, a.DataLength), message.Slice(b.DataOffset, b.DataLength));
        Swap(message.Slice(a.TtlOffset, TtlLength), message.Slice(b.TtlOffset, TtlLength));
    }

    /// <summary>Old stub resolvers (glibc) want the CNAMEs of the answer before what they lead to.</summary>
    public static void PutCnamesFirst(Span<byte> message, int questionEnd, Span<AnswerRecord> records)
    {
        int cnames = 0;
        for (int i = 0; i < records.Length && records[i].Section == MessageSection.Answer; i++)
        {
            if (records[i].Type != RecordType.CNAME)
            {
                continue;
            }

            if (i > cnames)
            {
                int start = records[cnames].Start;
                if (IsPointedAt(message, questionEnd, start, records[i].End))
                {
                    return;
                }

                RotateRight(message[start..records[i].End], records[i].End - records[i].Start);
                Collect(message, questionEnd, records);
            }

            cnames++;
        }
    }

    /// <summary>Puts the MX records of the answer that follow each other into a random order.</summary>
    public static void ShuffleMail(Span<byte> message, int questionEnd, Span<AnswerRecord> records)
    {
        int first = 0;
        while (first < records.Length && records[first].Type != RecordType.MX)
        {
            first++;
        }

        int end = first;
        while (end < records.Length && records[end].Type == RecordType.MX
            && records[end].Section == MessageSection.Answer)
        {
            end++;
        }

        if (end - first <= 1 || IsPointedAt(message, questionEnd, records[first].Start, records[end - 1].End))
        {
            return;
        }

        // Each round draws one of the remaining records and brings it to the front of them.
        for (int i = first; i < end - 1; i++)
        {
            int drawn = Random.Shared.Next(i, end);
            RotateRight(
                message[records[i].Start..records[drawn].End], records[drawn].End - records[drawn].Start);
            Collect(message, questionEnd, records);
        }
    }

    // Whether a compression pointer anywhere leads into these bytes. Owner names and the names in the data of
    // known types are looked at; other data holds no pointers (RFC 3597 §4).
    private static bool IsPointedAt(ReadOnlySpan<byte> message, int questionEnd, int start, int end)
    {
        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
            if (LeadsInto(message, reader.NameOffset, start, end, out _))
            {
                return true;
            }

            RecordDataShape shape = RecordDataShape.Of(
                reader.Type, message.Slice(reader.DataOffset, reader.DataLength));
            int next = reader.DataOffset + shape.Prefix;
            for (int i = 0; i < shape.Names && next < reader.End; i++)
            {
                if (LeadsInto(message, next, start, end, out next))
                {
                    return true;
                }
            }
        }

        return reader.IsMalformed;
    }

    private static bool LeadsInto(ReadOnlySpan<byte> message, int offset, int start, int end, out int next)
    {
        while (offset + 1 < message.Length && message[offset] != 0)
        {
            if ((message[offset] & PointerMask) == PointerMask)
            {
                int target = ((message[offset] & ~PointerMask) << 8) | message[offset + 1];
                next = offset + 2;
                return target >= start && target < end;
            }

            offset += message[offset] + 1;
        }

        next = offset + 1;
        return false;
    }

    private static void Swap(Span<byte> a, Span<byte> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            (a[i], b[i]) = (b[i], a[i]);
        }
    }

    // Three reversals: the last bytes come to the front without a second buffer.
    private static void RotateRight(Span<byte> bytes, int count)
    {
        bytes.Reverse();
        bytes[..count].Reverse();
        bytes[count..].Reverse();
    }
}
