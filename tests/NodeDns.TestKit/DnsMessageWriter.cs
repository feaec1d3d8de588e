using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace NodeDns.TestKit;

/// <summary>Writes messages, with owner names and well-known names in data compressed on request.</summary>
internal sealed class DnsMessageWriter
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _offsets = new(StringComparer.Ordinal);
    private readonly bool _compress;

    private DnsMessageWriter(bool compress) => _compress = compress;

    public static byte[] Write(DnsMessage message, bool compress)
    {
        var writer = new DnsMessageWriter(compress);
        int additional = message.Additional.Count + (message.Edns is null ? 0 : 1);
        writer.Put(message.Id);
        writer.Put(message.Flags);
        writer.Put((ushort)message.Questions.Count);
        writer.Put((ushort)message.Answers.Count);
        writer.Put((ushort)message.Authority.Count);
        writer.Put((ushort)additional);
        foreach (DnsQuestion question in message.Questions)
        {
            writer.PutName(DnsName.ToWire(question.Name));
            writer.Put(question.Type);
            writer.Put(question.Class);
        }

        foreach (DnsRecord record in message.AllRecords)
        {
            writer.PutRecord(record);
        }

        if (message.Edns is not null)
        {
            writer.PutRecord(message.Edns.ToRecord());
        }

        return [.. writer._bytes];
    }

    private void PutRecord(DnsRecord record)
    {
        PutName(DnsName.ToWire(record.Name));
        Put(record.Type);
        Put(record.Class);
        _bytes.AddRange(DnsRecord.Number(record.Ttl));
        int lengthAt = _bytes.Count;
        Put((ushort)0);
        PutData(record);
        byte[] length = DnsRecord.Number((ushort)(_bytes.Count - lengthAt - 2));
        _bytes[lengthAt] = length[0];
        _bytes[lengthAt + 1] = length[1];
    }

    private void PutData(DnsRecord record)
    {
        int prefix = record.Type switch
        {
            RrType.Cname or RrType.Ns or RrType.ReversePointer or RrType.Soa => 0,
            RrType.Mx => 2,
            _ => -1,
        };
        if (prefix < 0 || !_compress)
        {
            _bytes.AddRange(record.Data);
            return;
        }

        _bytes.AddRange(record.Data.AsSpan(0, prefix));
        int at = prefix;
        int names = record.Type == RrType.Soa ? 2 : 1;
        for (int i = 0; i < names; i++)
        {
            int start = at;
            _ = DnsName.Read(record.Data, ref at);
            PutName(record.Data[start..at]);
        }

        _bytes.AddRange(record.Data.AsSpan(at));
    }

    private void PutName(byte[] wire)
    {
        int at = 0;
        while (_compress && wire[at] != 0)
        {
            string suffix = Convert.ToHexString(wire.AsSpan(at));
            if (_offsets.TryGetValue(suffix, out int known))
            {
                Put((ushort)(0xC000 | known));
                return;
            }

            if (_bytes.Count < 0x3FFF)
            {
                _offsets[suffix] = _bytes.Count;
            }

            _bytes.AddRange(wire.AsSpan(at, 1 + wire[at]));
            at += 1 + wire[at];
        }

        _bytes.AddRange(wire.AsSpan(at));
    }

    private void Put(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}
