using System;
using System.Buffers.Binary;
using NodeDns.Wire;

namespace NodeDns.Benchmarks;

/// <summary>Queries and names as the benchmarks use them.</summary>
internal static class Messages
{
    public static byte[] Name(string text)
    {
        byte[] buffer = new byte[WireLimits.MaxNameLength];
        return DomainName.TryParse(text, buffer, out int length)
            ? buffer[..length]
            : throw new ArgumentException($"{text} is not a domain name", nameof(text));
    }

    public static byte[] Query(string name, bool edns = false)
    {
        byte[] buffer = new byte[512];
        QueryWriter.TryWrite(
            buffer, 0x1234, HeaderFlags.RecursionDesired, Name(name), RecordType.A, RecordClass.IN, edns, false, 1232,
            out int length);
        return buffer[..length];
    }

    /// <summary>An answer with as many address records as asked for.</summary>
    public static byte[] Answer(string name, int records, uint ttl = 300)
    {
        byte[] buffer = new byte[4096];
        byte[] wire = Name(name);
        ResponseWriter writer = new(buffer);
        writer.TryBegin(0, (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable), wire, RecordType.A, RecordClass.IN);
        Span<byte> address = stackalloc byte[4];
        for (int i = 0; i < records; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(address, (10 << 24) + i);
            writer.TryAddAddress(MessageSection.Answer, wire, ttl, address);
        }

        return writer.Message.ToArray();
    }
}
