using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

// The table that is stored beside a cached message:
//
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//   |    offset of the first record's TTL field     |  16 bits, little endian
//   |    offset of the second record's TTL field    |
//   ...

/// <summary>Where a message's TTLs are, so that a hit rewrites them without walking records.</summary>
public static class TtlTable
{
    public const int EntryLength = sizeof(ushort);

    /// <summary>
    /// Writes the offset of every TTL but the OPT's; returns how many, or -1 if unreadable or without room.
    /// </summary>
    public static int Collect(ReadOnlySpan<byte> message, int questionEnd, Span<byte> destination)
    {
        int count = 0;
        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
            if (reader.Type == RecordType.OPT)
            {
                continue;
            }

            if (destination.Length < (count + 1) * EntryLength || reader.TtlOffset > ushort.MaxValue)
            {
                return -1;
            }

            BinaryPrimitives.WriteUInt16LittleEndian(destination[(count * EntryLength)..], (ushort)reader.TtlOffset);
            count++;
        }

        return reader.IsMalformed ? -1 : count;
    }

    /// <summary>Writes one TTL at every offset of the table; an offset outside the message is passed over.</summary>
    public static void Patch(Span<byte> message, ReadOnlySpan<byte> offsets, uint ttl)
    {
        int last = message.Length - sizeof(uint);
        for (; offsets.Length >= EntryLength; offsets = offsets[EntryLength..])
        {
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(offsets);
            if (offset <= last)
            {
                BinaryPrimitives.WriteUInt32BigEndian(message[offset..], ttl);
            }
        }
    }
}
