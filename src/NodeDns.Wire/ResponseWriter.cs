using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <summary>Builds a small answer from scratch: every answer made on this node rather than by an upstream.</summary>
/// <remarks>
/// Sections in the order of the wire; owners are compressed against the question's name only, which covers the owner
/// itself, its zone and its children. A record that does not fit is left out whole and remembered in
/// <see cref="Overflowed"/>; the message stays valid.
/// </remarks>
public ref partial struct ResponseWriter
{
    private readonly Span<byte> _buffer;
    private int _questionNameLength;
    private MessageSection _section;

    public ResponseWriter(Span<byte> buffer)
    {
        _buffer = buffer;
    }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Message => _buffer[..Length];

    /// <summary>True once anything was left out for want of room, or for coming in the wrong order.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Writes header and question; the QR bit is set in any case. Starts over when called again.</summary>
    public bool TryBegin(
        ushort id, ushort responseFlags, scoped ReadOnlySpan<byte> questionName, RecordType type, RecordClass @class)
    {
        Length = 0;
        Overflowed = false;
        _section = MessageSection.Answer;
        int end = WireLimits.HeaderLength + questionName.Length + WireLimits.QuestionFixedLength;
        if (questionName.IsEmpty || questionName.Length > WireLimits.MaxNameLength || end > _buffer.Length)
        {
            Overflowed = true;
            return false;
        }

        _questionNameLength = questionName.Length;
        _buffer[..WireLimits.HeaderLength].Clear();
        MessageHeader.SetId(_buffer, id);
        MessageHeader.SetFlags(_buffer, (ushort)(responseFlags | (ushort)HeaderFlags.Response));
        MessageHeader.SetQuestionCount(_buffer, 1);
        questionName.CopyTo(_buffer[WireLimits.HeaderLength..]);
        Span<byte> fields = _buffer[(end - WireLimits.QuestionFixedLength)..];
        BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], (ushort)@class);
        Length = end;
        return true;
    }

    /// <summary>Adds a record whose data is written as it is.</summary>
    public bool TryAddRecord(
        MessageSection section, scoped ReadOnlySpan<byte> owner, RecordType type, RecordClass @class, uint ttl,
        scoped ReadOnlySpan<byte> data)
    {
        if (!TryOpen(section, owner, type, @class, ttl, out int dataOffset)
            || data.Length > _buffer.Length - dataOffset)
        {
            return Fail();
        }

        data.CopyTo(_buffer[dataOffset..]);
        return Close(section, dataOffset, dataOffset + data.Length);
    }

    /// <summary>Adds an A record for four bytes, an AAAA record for sixteen.</summary>
    public bool TryAddAddress(
        MessageSection section, scoped ReadOnlySpan<byte> owner, uint ttl, scoped ReadOnlySpan<byte> address) =>
        address.Length switch
        {
            4 => TryAddRecord(section, owner, RecordType.A, RecordClass.IN, ttl, address),
            16 => TryAddRecord(section, owner, RecordType.AAAA, RecordClass.IN, ttl, address),
            _ => Fail(),
        };

    /// <summary>Adds a record whose data is one name: CNAME, PTR, NS, DNAME.</summary>
    public bool TryAddName(
        MessageSection section, scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl,
        scoped ReadOnlySpan<byte> target) =>
        TryAddRecord(section, owner, type, RecordClass.IN, ttl, target);

    /// <summary>
    /// Adds a made-up SOA, so that clients may cache a negative answer (RFC 2308 §5): ns.ZONE hostmaster.ZONE.
    /// </summary>
    public bool TryAddSoa(MessageSection section, scoped ReadOnlySpan<byte> zone, uint ttl, uint minimum)
    {
        if (!TryOpen(section, zone, RecordType.SOA, RecordClass.IN, ttl, out int dataOffset))
        {
            return Fail();
        }

        int position = dataOffset;
        if (!TryPutChild(ref position, "\u0002ns"u8, zone) || !TryPutChild(ref position, "\u000ahostmaster"u8, zone)
            || SoaTimersLength > _buffer.Length - position)
        {
            return Fail();
        }

        ReadOnlySpan<uint> timers = [SoaSerial, SoaRefresh, SoaRetry, SoaExpire, minimum];
        foreach (uint timer in timers)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_buffer[position..], timer);
            position += sizeof(uint);
        }

        return Close(section, dataOffset, position);
    }

    /// <summary>Sets the header's four bits; the rest of a longer code is for <see cref="EdnsWriter"/>.</summary>
    public readonly void SetRcode(ResponseCode rcode) => MessageHeader.SetRcode(_buffer, rcode);

    public readonly void SetAuthoritative(bool isAuthoritative)
    {
        int flags = MessageHeader.GetFlags(_buffer) & ~(int)HeaderFlags.Authoritative;
        MessageHeader.SetFlags(_buffer, (ushort)(flags | (isAuthoritative ? (int)HeaderFlags.Authoritative : 0)));
    }
}
