using System;

namespace NodeDns.Wire;

// What is served: one question, and at most an OPT behind it.
//
//   +---------------------+
//   |       Header        |  12 bytes, QR 0, OPCODE 0, QDCOUNT 1
//   +---------------------+
//   |  QNAME QTYPE QCLASS |  the name uncompressed
//   +---------------------+
//   | records, walked and |
//   | judged, never used  |
//   +---------------------+
//   |   OPT (RFC 6891)    |  anywhere in the additional section, once
//   +---------------------+

/// <summary>A client's query, validated once and then read in place over the caller's bytes.</summary>
/// <remarks>
/// On the hit path of every query: no copies, no tables, linear work. Bytes behind the last counted record are not
/// looked at, and go nowhere, because a forwarded query is written anew by <see cref="QueryWriter"/>.
/// </remarks>
public readonly ref partial struct QueryView
{
    private QueryView(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, int labelCount, RecordType type, RecordClass @class,
        scoped in QueryEdns edns)
    {
        Message = message;
        Name = name;
        LabelCount = labelCount;
        Type = type;
        Class = @class;
        _edns = edns;
    }

    private QueryView(ReadOnlySpan<byte> message)
    {
        Message = message;
        _edns = QueryEdns.Absent;
    }

    private readonly QueryEdns _edns;

    /// <summary>The whole datagram.</summary>
    public ReadOnlySpan<byte> Message { get; }

    public ushort Id => MessageHeader.GetId(Message);

    public HeaderFlags Flags => (HeaderFlags)(MessageHeader.GetFlags(Message) & FlagBits);

    public OperationCode Opcode => MessageHeader.GetOpcode(Message);

    public bool RecursionDesired => (Flags & HeaderFlags.RecursionDesired) != 0;

    public bool CheckingDisabled => (Flags & HeaderFlags.CheckingDisabled) != 0;

    public bool AuthenticData => (Flags & HeaderFlags.AuthenticData) != 0;

    /// <summary>QNAME as it was sent, its case kept; empty when the message was not readable that far.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public int LabelCount { get; }

    public RecordType Type { get; }

    public RecordClass Class { get; }

    /// <summary>Offset behind the question, or of the end of the header when there is none to speak of.</summary>
    public int QuestionEnd => Name.IsEmpty
        ? WireLimits.HeaderLength
        : WireLimits.HeaderLength + Name.Length + WireLimits.QuestionFixedLength;

    public bool HasEdns => _edns.IsPresent;

    /// <summary>What the client can take over UDP: at least 512 (RFC 6891 §6.2.3), 512 without EDNS.</summary>
    public ushort UdpPayloadSize => _edns.UdpPayloadSize;

    public bool DnssecOk => _edns.DnssecOk;

    public byte EdnsVersion => _edns.Version;

    /// <summary>The options, unread; <see cref="EdnsOptionReader"/> walks them.</summary>
    public ReadOnlySpan<byte> EdnsOptions => Message.Slice(_edns.OptionsOffset, _edns.OptionsLength);

    public bool HasKeepalive => _edns.KeepaliveLength >= 0;

    /// <summary>
    /// Bytes in the keepalive option, -1 without one. Over TCP anything but 0 is FORMERR with EDNS (RFC 7828 §3.2.1);
    /// over UDP the option is ignored, so only the caller can judge.
    /// </summary>
    public int KeepaliveLength => _edns.KeepaliveLength;

    public bool HasClientSubnet => _edns.HasClientSubnet;

    /// <summary>The client's half of the first COOKIE option (RFC 7873 §4.1), or empty.</summary>
    public ReadOnlySpan<byte> ClientCookie =>
        _edns.CookieOffset == 0 ? default : Message.Slice(_edns.CookieOffset, WireLimits.ClientCookieLength);

    private const int FlagBits = 0x87F0;
}
