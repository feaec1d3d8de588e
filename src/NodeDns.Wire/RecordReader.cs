using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

// RFC 1035 §4.1.3, one record; the owner name may be compressed:
//
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//   /                     NAME                      /   NameOffset
//   |                     TYPE                      |
//   |                     CLASS                     |
//   |                      TTL                      |   TtlOffset
//   |                                               |
//   |                   RDLENGTH                    |
//   /                     RDATA                     /   DataOffset, DataLength
//   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+   End

/// <summary>Walks the records behind the question, section by section, as the header counts them.</summary>
/// <remarks>
/// Bounded by the counts, by the bytes and by <see cref="WireLimits.MaxRecords"/>; pointers are checked but not
/// followed, and record data is not looked into.
/// </remarks>
public ref struct RecordReader
{
    private const int ClassOffset = 2;
    private const int TtlFieldOffset = 4;
    private const int LengthOffset = 8;

    private readonly ReadOnlySpan<byte> _message;
    private int _left;
    private int _leftTotal;

    /// <summary>Starts at the end of the question.</summary>
    public RecordReader(ReadOnlySpan<byte> message, int offset)
    {
        _message = message;
        Position = offset;
        if (message.Length < WireLimits.HeaderLength || (uint)offset > (uint)message.Length)
        {
            IsMalformed = true;
            return;
        }

        _left = MessageHeader.GetAnswerCount(message);
        _leftTotal = _left + MessageHeader.GetAuthorityCount(message) + MessageHeader.GetAdditionalCount(message);

        // A count is a claim: what cannot fit is refused before the first record is read.
        IsMalformed = _leftTotal > WireLimits.MaxRecords
            || _leftTotal * WireLimits.MinRecordLength > message.Length - offset;
    }

    public bool IsMalformed { get; private set; }

    /// <summary>End of the last record read; the end of the message once all are.</summary>
    public int Position { get; private set; }

    public MessageSection Section { get; private set; }

    public int NameOffset { get; private set; }

    public RecordType Type { get; private set; }

    public RecordClass Class { get; private set; }

    /// <summary>The field as it is; in an OPT record these are extended response code, version and flags.</summary>
    public uint RawTtl { get; private set; }

    /// <summary>The TTL, whose top bit means "very long" (RFC 8767 §4), never a negative number.</summary>
    public readonly uint Ttl => Math.Min(RawTtl, int.MaxValue);

    public int TtlOffset { get; private set; }

    public int DataOffset { get; private set; }

    public int DataLength { get; private set; }

    public int End { get; private set; }

    public readonly ReadOnlySpan<byte> Data => _message.Slice(DataOffset, DataLength);

    public bool MoveNext()
    {
        if (_leftTotal == 0 || IsMalformed)
        {
            return false;
        }

        while (_left == 0)
        {
            Section++;
            _left = Section == MessageSection.Authority
                ? MessageHeader.GetAuthorityCount(_message)
                : MessageHeader.GetAdditionalCount(_message);
        }

        if (!TryReadRecord())
        {
            IsMalformed = true;
            return false;
        }

        _left--;
        _leftTotal--;
        return true;
    }

    private bool TryReadRecord()
    {
        if (!DomainName.TrySkip(_message, Position, out int nameEnd)
            || nameEnd + WireLimits.RecordFixedLength > _message.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> fields = _message.Slice(nameEnd, WireLimits.RecordFixedLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(fields[LengthOffset..]);
        int dataOffset = nameEnd + WireLimits.RecordFixedLength;
        if (length > _message.Length - dataOffset)
        {
            return false;
        }

        NameOffset = Position;
        Type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(fields);
        Class = (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(fields[ClassOffset..]);
        RawTtl = BinaryPrimitives.ReadUInt32BigEndian(fields[TtlFieldOffset..]);
        TtlOffset = nameEnd + TtlFieldOffset;
        DataOffset = dataOffset;
        DataLength = length;
        End = Position = dataOffset + length;
        return true;
    }
}
