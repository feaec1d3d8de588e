using System;
using System.Linq;
using NodeDns.TestKit;

namespace NodeDns.Wire.Tests.Fuzz;

/// <summary>Writes sound messages of random content with the tests' own writer.</summary>
internal sealed class PacketGenerator(Random random)
{
    private static readonly ushort[] s_types =
    [
        RrType.A, RrType.Aaaa, RrType.Cname, RrType.Ns, RrType.Mx, RrType.Txt, RrType.Soa, RrType.Rrsig, RrType.Nsec, 65280,
    ];

    public byte[] Next()
    {
        DnsMessage message = DnsMessage.Query(Name(), s_types[random.Next(s_types.Length)]);
        message.Id = (ushort)random.Next(65536);
        if (random.Next(2) == 0)
        {
            message.WithEdns(Fill);
        }

        if (random.Next(4) == 0)
        {
            return message.Encode();
        }

        message.With(HeaderBits.Response).Rcode = random.Next(4) == 0 ? random.Next(16) : 0;
        string owner = message.Question.Name;
        for (int i = random.Next(8); i > 0; i--)
        {
            DnsRecord record = Record(owner);
            message.Answers.Add(record);
            owner = record.Type == RrType.Cname ? record.Target : owner;
        }

        for (int i = random.Next(4); i > 0; i--)
        {
            message.Authority.Add(Record(Name()));
            message.Additional.Add(Record(Name()));
        }

        return message.Encode(compress: random.Next(2) == 0);
    }

    private void Fill(Edns edns)
    {
        edns.DnssecOk = random.Next(2) == 0;
        edns.UdpSize = (ushort)random.Next(65536);
        for (int i = random.Next(4); i > 0; i--)
        {
            byte[] data = new byte[random.Next(20)];
            random.NextBytes(data);
            edns.With((ushort)random.Next(16), data);
        }
    }

    private DnsRecord Record(string owner)
    {
        uint ttl = (uint)random.Next();
        return s_types[random.Next(s_types.Length)] switch
        {
            RrType.A => DnsRecord.A(owner, $"192.0.2.{random.Next(256)}", ttl),
            RrType.Aaaa => DnsRecord.Aaaa(owner, $"2001:db8::{random.Next(9999)}", ttl),
            RrType.Cname => DnsRecord.Cname(owner, Name(), ttl),
            RrType.Ns => DnsRecord.Ns(owner, Name(), ttl),
            RrType.Mx => DnsRecord.Mx(owner, 10, Name(), ttl),
            RrType.Txt => DnsRecord.Txt(owner, new string('t', random.Next(1, 300)), ttl),
            RrType.Soa => DnsRecord.Soa(owner, ttl, (uint)random.Next()),
            RrType.Rrsig => DnsRecord.Rrsig(owner, RrType.A, ttl),
            RrType.Nsec => DnsRecord.Nsec(owner, Name(), ttl),
            ushort type => DnsRecord.Unknown(owner, type, new byte[random.Next(40)], ttl),
        };
    }

    /// <summary>Few enough names that compression and chains happen.</summary>
    private string Name() =>
        random.Next(12) == 0 ? "." : string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(Label)) + "example.";

    private string Label(int place) => $"{(char)('a' + random.Next(4))}{random.Next(2)}.";
}
