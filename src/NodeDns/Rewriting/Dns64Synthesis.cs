using System;
using System.Buffers.Binary;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Sources;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>The dns64 directive: AAAA answers made from A records (RFC 6147), addresses embedded as in RFC 6052.</summary>
internal sealed class Dns64Synthesis
{
    /// <summary>RFC 6147 §5.1.7: the TTL's bound where no SOA came with the empty AAAA answer.</summary>
    public const uint DefaultTtl = 600;

    /// <summary>TTL of the CNAME from a synthesised reverse name to the IPv4 one.</summary>
    public const uint PointerTtl = 600;

    /// <summary>Byte 8 of an address is zero in every prefix length (RFC 6052 §2.2).</summary>
    private const int ReservedByte = 8;

    private readonly byte[] _prefix;
    private readonly int _prefixBytes;
    private readonly bool _translateAll;
    private readonly bool _allowIpv4;

    private Dns64Synthesis(Dns64Config config)
    {
        _prefix = config.Prefix.BaseAddress.GetAddressBytes();
        _prefixBytes = config.Prefix.PrefixLength / 8;
        _translateAll = config.TranslateAll;
        _allowIpv4 = config.AllowIpv4;
    }

    public static Dns64Synthesis Compile(Dns64Config config) => new(config);

    /// <summary>True for an AAAA question whose empty answer may be filled.</summary>
    public bool Applies(in QueryContext query) =>
        query.Type == RecordType.AAAA && MayTranslate(query);

    /// <summary>True where the answer to the AAAA question has no usable address, so that A has to be asked for.</summary>
    public bool NeedsSynthesis(in ResponseView aaaaAnswer)
    {
        // RFC 6147 §5.1.2: a name that does not exist has no A records either; other errors count as empty.
        if (aaaaAnswer.Rcode == ResponseCode.NameError)
        {
            return false;
        }

        return _translateAll || !HasRealAddress(aaaaAnswer);
    }

    /// <summary>How long a synthesised answer may live, from the SOA of the empty AAAA answer.</summary>
    public static uint TtlLimit(in ResponseView aaaaAnswer)
    {
        RecordReader records = new(aaaaAnswer.Message, aaaaAnswer.QuestionEnd);
        while (records.MoveNext())
        {
            if (records.Section == MessageSection.Authority && records.Type == RecordType.SOA)
            {
                return records.Ttl;
            }
        }

        return DefaultTtl;
    }

    /// <summary>
    /// The A answer as AAAA: CNAMEs kept, addresses embedded, other records as they are. False where it holds no A
    /// record or does not fit: then the AAAA answer stands (RFC 6147 §5.1.6).
    /// </summary>
    public bool TryWriteAaaa(
        in ResponseView aAnswer, uint ttlLimit, in QueryContext query, ref ResponseWriter writer)
    {
        if (aAnswer.Rcode != ResponseCode.NoError
            || !LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: false))
        {
            return false;
        }

        bool synthesised = false;
        RecordReader records = new(aAnswer.Message, aAnswer.QuestionEnd);
        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        Span<byte> buffer = stackalloc byte[RecordDataShape.MaxExpandedLength];
        while (records.MoveNext())
        {
            bool isAddress = records.Section == MessageSection.Answer && records.Type == RecordType.A;

            // The signatures of the answer are about the A records, and the OPT is the pipeline's.
            if (records.Type == RecordType.OPT
                || (records.Section == MessageSection.Answer && records.Type == RecordType.RRSIG))
            {
                continue;
            }

            if (!DomainName.TryExpand(aAnswer.Message, records.NameOffset, owner, out int ownerLength, out _)
                || !RecordDataShape.TryExpand(
                    aAnswer.Message,
                    records.Type,
                    records.DataOffset,
                    records.DataLength,
                    buffer,
                    out ReadOnlySpan<byte> data))
            {
                return false;
            }

            bool added = isAddress
                ? TryAddEmbedded(owner[..ownerLength], Math.Min(records.Ttl, ttlLimit), data, ref writer)
                : writer.TryAddRecord(
                    records.Section, owner[..ownerLength], records.Type, records.Class, records.Ttl, data);
            if (!added)
            {
                return false;
            }

            synthesised |= isAddress;
        }

        return synthesised && !records.IsMalformed;
    }

    /// <summary>For a PTR question inside the prefix: the name below in-addr.arpa that stands behind it (RFC 6147 §5.3.1).</summary>
    public bool TryGetPointerTarget(in QueryContext query, out byte[] target)
    {
        target = [];
        Span<byte> address = stackalloc byte[16];
        if (query.Type != RecordType.PTR || !MayTranslate(query) || !ReverseName.TryParseV6(query.Name, address)
            || !address[.._prefixBytes].SequenceEqual(_prefix.AsSpan(0, _prefixBytes)))
        {
            return false;
        }

        Span<byte> ipv4 = stackalloc byte[4];
        for (int i = 0, at = _prefixBytes; i < ipv4.Length; i++, at++)
        {
            at += at == ReservedByte ? 1 : 0;
            ipv4[i] = address[at];
        }

        target = ReverseName.Of(ipv4);
        return true;
    }

    /// <summary>The CNAME that leads there; the target's records are the caller's to add.</summary>
    public static bool TryWritePointer(in QueryContext query, ReadOnlySpan<byte> target, ref ResponseWriter writer) =>
        LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: false)
        && writer.TryAddName(MessageSection.Answer, query.QuestionName, RecordType.CNAME, PointerTtl, target);

    // A client that validates by itself would have to reject what is made here (RFC 6147 §5.5).
    private bool MayTranslate(in QueryContext query) =>
        query.Class == RecordClass.IN
        && (query.Client.IsIPv6 || _allowIpv4)
        && !(query.Query.CheckingDisabled && query.Query.DnssecOk);

    // Addresses in ::ffff:0:0/96 are IPv4 in disguise and do not count (RFC 6147 §5.1.4).
    private static bool HasRealAddress(in ResponseView answer)
    {
        RecordReader records = new(answer.Message, answer.QuestionEnd);
        while (records.MoveNext() && records.Section == MessageSection.Answer)
        {
            if (records.Type == RecordType.AAAA && records.DataLength == 16
                && BinaryPrimitives.ReadUInt128BigEndian(answer.Message[records.DataOffset..]) >> 32 != 0xFFFF)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryAddEmbedded(
        scoped ReadOnlySpan<byte> owner, uint ttl, scoped ReadOnlySpan<byte> ipv4, ref ResponseWriter writer)
    {
        if (ipv4.Length != 4)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[16];
        address.Clear();
        _prefix.AsSpan(0, _prefixBytes).CopyTo(address);
        for (int i = 0, at = _prefixBytes; i < ipv4.Length; i++, at++)
        {
            at += at == ReservedByte ? 1 : 0;
            address[at] = ipv4[i];
        }

        return writer.TryAddAddress(MessageSection.Answer, owner, ttl, address);
    }
}
