using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace NodeDns.TestKit;

/// <summary>One EDNS option.</summary>
public sealed record EdnsOption(ushort Code, byte[] Data);

/// <summary>An extended DNS error (RFC 8914).</summary>
public sealed record ExtendedDnsError(int Code, string Text);

/// <summary>The OPT record in parts.</summary>
public sealed class Edns
{
    public ushort UdpSize { get; set; } = 1232;

    public byte ExtendedRcode { get; set; }

    public byte Version { get; set; }

    /// <summary>The 16 flag bits; 0x8000 is DO.</summary>
    public ushort Flags { get; set; }

    public List<EdnsOption> Options { get; } = [];

    public bool DnssecOk
    {
        get => (Flags & 0x8000) != 0;
        set => Flags = (ushort)(value ? Flags | 0x8000 : Flags & 0x7FFF);
    }

    public IEnumerable<ExtendedDnsError> Errors => Options
        .Where(o => o.Code == EdnsOptionCode.ExtendedError && o.Data.Length >= 2)
        .Select(o => new ExtendedDnsError(
            BinaryPrimitives.ReadUInt16BigEndian(o.Data), Encoding.UTF8.GetString(o.Data.AsSpan(2))));

    public Edns With(ushort code, params byte[] data)
    {
        Options.Add(new EdnsOption(code, data));
        return this;
    }

    public Edns WithError(ushort code, string text) =>
        With(EdnsOptionCode.ExtendedError, [.. DnsRecord.Number(code), .. Encoding.UTF8.GetBytes(text)]);

    internal DnsRecord ToRecord() => new(".", RrType.Opt, UdpSize,
        ((uint)ExtendedRcode << 24) | ((uint)Version << 16) | Flags,
        [.. Options.SelectMany(Encode)]);

    private static byte[] Encode(EdnsOption option) =>
        [.. DnsRecord.Number(option.Code), .. DnsRecord.Number((ushort)option.Data.Length), .. option.Data];

    internal static Edns FromRecord(DnsRecord record)
    {
        if (record.Name != ".")
        {
            throw new FormatException("the OPT record's owner is not the root");
        }

        var edns = new Edns
        {
            UdpSize = record.Class,
            ExtendedRcode = (byte)(record.Ttl >> 24),
            Version = (byte)(record.Ttl >> 16),
            Flags = (ushort)record.Ttl,
        };
        for (int i = 0; i < record.Data.Length;)
        {
            if (i + 4 > record.Data.Length)
            {
                throw new FormatException("an EDNS option has no length");
            }

            ushort code = BinaryPrimitives.ReadUInt16BigEndian(record.Data.AsSpan(i));
            int length = BinaryPrimitives.ReadUInt16BigEndian(record.Data.AsSpan(i + 2));
            if (i + 4 + length > record.Data.Length)
            {
                throw new FormatException("an EDNS option runs past its record");
            }

            edns.Options.Add(new EdnsOption(code, record.Data[(i + 4)..(i + 4 + length)]));
            i += 4 + length;
        }

        return edns;
    }
}
