using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace NodeDns.TestKit;

/// <summary>Reads messages strictly: whatever a client could not read throws a <see cref="FormatException"/>.</summary>
internal static class DnsMessageReader
{
    public static DnsMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DnsMessage.HeaderLength)
        {
            throw new FormatException($"a message of {bytes.Length} bytes");
        }

        var message = new DnsMessage { Id = Number(bytes, 0), Flags = Number(bytes, 2), Length = bytes.Length };
        int offset = DnsMessage.HeaderLength;
        for (int i = Number(bytes, 4); i > 0; i--)
        {
            string name = DnsName.Read(bytes, ref offset);
            message.Questions.Add(new DnsQuestion(name, Number(bytes, offset), Number(bytes, offset + 2)));
            offset += 4;
        }

        ReadSection(bytes, ref offset, Number(bytes, 6), message.Answers, null);
        ReadSection(bytes, ref offset, Number(bytes, 8), message.Authority, null);
        ReadSection(bytes, ref offset, Number(bytes, 10), message.Additional, message);
        message.TrailingBytes = bytes.Length - offset;
        return message;
    }

    private static void ReadSection(
        ReadOnlySpan<byte> bytes, ref int offset, int count, List<DnsRecord> records, DnsMessage? ednsOwner)
    {
        for (int i = 0; i < count; i++)
        {
            DnsRecord record = ReadRecord(bytes, ref offset);
            if (record.Type != RrType.Opt)
            {
                records.Add(record);
                continue;
            }

            if (ednsOwner is null || ednsOwner.Edns is not null)
            {
                throw new FormatException("an OPT record where none may be");
            }

            ednsOwner.Edns = Edns.FromRecord(record);
            ednsOwner.EdnsIsLast = i == count - 1;
        }
    }

    private static DnsRecord ReadRecord(ReadOnlySpan<byte> bytes, ref int offset)
    {
        string name = DnsName.Read(bytes, ref offset);
        ushort type = Number(bytes, offset);
        ushort @class = Number(bytes, offset + 2);
        uint ttl = ((uint)Number(bytes, offset + 4) << 16) | Number(bytes, offset + 6);
        int length = Number(bytes, offset + 8);
        int start = offset + 10;
        if (start + length > bytes.Length)
        {
            throw new FormatException("record data runs past the end");
        }

        offset = start + length;
        return new DnsRecord(name, type, @class, ttl, ReadData(bytes, type, start, length));
    }

    private static byte[] ReadData(ReadOnlySpan<byte> bytes, ushort type, int start, int length)
    {
        int at = start;
        byte[] data = type switch
        {
            RrType.Cname or RrType.Ns or RrType.ReversePointer or RrType.Dname => Expand(bytes, ref at),
            RrType.Mx => [.. bytes.Slice(start, 2), .. Expand(bytes, at += 2, out at)],
            RrType.Soa => [.. Expand(bytes, ref at), .. Expand(bytes, ref at), .. Rest(bytes, ref at, start + length)],
            _ => [.. Rest(bytes, ref at, start + length)],
        };
        return at == start + length ? data : throw new FormatException($"data of type {type} has a wrong length");
    }

    private static byte[] Expand(ReadOnlySpan<byte> bytes, int at, out int end)
    {
        byte[] name = Expand(bytes, ref at);
        end = at;
        return name;
    }

    private static byte[] Expand(ReadOnlySpan<byte> bytes, ref int at) => DnsName.ToWire(DnsName.Read(bytes, ref at));

    private static ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> bytes, ref int at, int end)
    {
        ReadOnlySpan<byte> rest = at <= end ? bytes[at..end] : throw new FormatException("a name runs past its record");
        at = end;
        return rest;
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, int offset) => offset + 2 <= bytes.Length
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..])
        : throw new FormatException("a number runs past the end");
}
