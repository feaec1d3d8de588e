using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

namespace NodeDns.TestKit;

/// <summary>A DNS message as an object: the tests' own reader and writer, an oracle apart from the product's.</summary>
public sealed class DnsMessage
{
    public const int HeaderLength = 12;

    public ushort Id { get; set; }

    public ushort Flags { get; set; }

    public List<DnsQuestion> Questions { get; } = [];

    public List<DnsRecord> Answers { get; } = [];

    public List<DnsRecord> Authority { get; } = [];

    /// <summary>The additional section without its OPT.</summary>
    public List<DnsRecord> Additional { get; } = [];

    public Edns? Edns { get; set; }

    /// <summary>True when the OPT was the last record read.</summary>
    public bool EdnsIsLast { get; internal set; }

    /// <summary>How many bytes the message had on the wire (0 for one that was built).</summary>
    public int Length { get; internal set; }

    /// <summary>Bytes behind the last record.</summary>
    public int TrailingBytes { get; internal set; }

    public DnsQuestion Question => Questions[0];

    public int Opcode
    {
        get => (Flags >> 11) & 15;
        set => Flags = (ushort)((Flags & 0x87FF) | (value << 11));
    }

    /// <summary>The response code with the OPT's upper bits.</summary>
    public int Rcode
    {
        get => (Flags & 15) | ((Edns?.ExtendedRcode ?? 0) << 4);
        set => Flags = (ushort)((Flags & 0xFFF0) | (value & 15));
    }

    public bool IsResponse => Has(HeaderBits.Response);

    public bool Authoritative => Has(HeaderBits.Authoritative);

    public bool Truncated => Has(HeaderBits.Truncated);

    public bool RecursionDesired => Has(HeaderBits.RecursionDesired);

    public bool RecursionAvailable => Has(HeaderBits.RecursionAvailable);

    public bool Reserved => Has(HeaderBits.Reserved);

    public bool AuthenticData => Has(HeaderBits.AuthenticData);

    public bool CheckingDisabled => Has(HeaderBits.CheckingDisabled);

    public IEnumerable<int> ErrorCodes => Edns?.Errors.Select(e => e.Code) ?? [];

    public IEnumerable<DnsRecord> AllRecords => Answers.Concat(Authority).Concat(Additional);

    /// <summary>A recursive query without EDNS and with a random id.</summary>
    public static DnsMessage Query(string name, ushort type = RrType.A, ushort @class = RrClass.In)
    {
        var query = new DnsMessage
        {
            Id = (ushort)RandomNumberGenerator.GetInt32(65536),
            Flags = HeaderBits.RecursionDesired,
        };
        query.Questions.Add(new DnsQuestion(name, type, @class));
        return query;
    }

    /// <summary>Adds an OPT, and lets the caller change it.</summary>
    public DnsMessage WithEdns(Action<Edns>? change = null)
    {
        Edns ??= new Edns();
        change?.Invoke(Edns);
        return this;
    }

    public DnsMessage With(ushort flags)
    {
        Flags |= flags;
        return this;
    }

    public DnsMessage Without(ushort flags)
    {
        Flags &= (ushort)~flags;
        return this;
    }

    public DnsMessage Change(Action<DnsMessage> change)
    {
        change(this);
        return this;
    }

    public byte[] Encode(bool compress = false) => DnsMessageWriter.Write(this, compress);

    public static DnsMessage Decode(ReadOnlySpan<byte> bytes) => DnsMessageReader.Read(bytes);

    public override string ToString() =>
        $"id {Id} flags {Flags:x4} rcode {Rcode} questions [{string.Join(", ", Questions)}] answers {Answers.Count} " +
        $"authority {Authority.Count} additional {Additional.Count} edns {Edns is not null} " +
        $"ede [{string.Join(", ", ErrorCodes)}]";

    private bool Has(ushort bit) => (Flags & bit) != 0;
}
