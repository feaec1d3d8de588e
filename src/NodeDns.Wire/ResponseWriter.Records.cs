using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <content>The parts of a record: owner with its pointer, fixed fields, data length and section count.</content>
public ref partial struct ResponseWriter
{
    private const ushort Pointer = 0xC000;
    private const int PointerLength = 2;
    private const uint SoaSerial = 1;
    private const uint SoaRefresh = 7200;
    private const uint SoaRetry = 1800;
    private const uint SoaExpire = 86400;
    private const int SoaTimersLength = 5 * sizeof(uint);

    /// <summary>
    /// Writes everything up to the data length, behind the message's end; nothing counts until it is closed.
    /// </summary>
    private bool TryOpen(
        MessageSection section, scoped ReadOnlySpan<byte> owner, RecordType type, RecordClass @class, uint ttl,
        out int dataOffset)
    {
        dataOffset = 0;
        int position = Length;
        if (Length == 0 || section < _section || !TryPutName(ref position, owner)
            || WireLimits.RecordFixedLength > _buffer.Length - position)
        {
            return false;
        }

        Span<byte> fields = _buffer.Slice(position, WireLimits.RecordFixedLength);
        BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], (ushort)@class);
        BinaryPrimitives.WriteUInt32BigEndian(fields[4..], ttl);
        dataOffset = position + WireLimits.RecordFixedLength;
        return true;
    }

    private bool Close(MessageSection section, int dataOffset, int end)
    {
        ushort count = GetCount(section);
        if (end - dataOffset > ushort.MaxValue || end > WireLimits.MaxMessageLength || count == ushort.MaxValue)
        {
            return Fail();
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(dataOffset - sizeof(ushort))..], (ushort)(end - dataOffset));
        SetCount(section, (ushort)(count + 1));
        _section = section;
        Length = end;
        return true;
    }

    private bool Fail()
    {
        Overflowed = true;
        return false;
    }

    /// <summary>Writes a name, its longest ending that is also the question's as a pointer.</summary>
    private readonly bool TryPutName(ref int position, scoped ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> question = _buffer.Slice(WireLimits.HeaderLength, _questionNameLength);
        int label = 0;
        while (label < name.Length && name[label] != 0)
        {
            ReadOnlySpan<byte> suffix = name[label..];
            int start = question.Length - suffix.Length;
            if (start >= 0 && DomainName.EqualsIgnoreCase(question[start..], suffix)
                && DomainName.StartsLabel(question, start))
            {
                return TryPut(ref position, name[..label])
                    && TryPutPointer(ref position, WireLimits.HeaderLength + start);
            }

            label += name[label] + 1;
        }

        return label == name.Length - 1 && TryPut(ref position, name);
    }

    /// <summary>
    /// Writes a label in front of a zone, or the zone alone when together they would be too long for a name.
    /// </summary>
    private readonly bool TryPutChild(ref int position, ReadOnlySpan<byte> label, scoped ReadOnlySpan<byte> zone) =>
        (label.Length + zone.Length > WireLimits.MaxNameLength || TryPut(ref position, label))
        && TryPutName(ref position, zone);

    private readonly bool TryPutPointer(ref int position, int target)
    {
        if (_buffer.Length - position < PointerLength)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[position..], (ushort)(Pointer | target));
        position += PointerLength;
        return true;
    }

    private readonly bool TryPut(ref int position, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - position)
        {
            return false;
        }

        bytes.CopyTo(_buffer[position..]);
        position += bytes.Length;
        return true;
    }

    private readonly ushort GetCount(MessageSection section) => section switch
    {
        MessageSection.Answer => MessageHeader.GetAnswerCount(_buffer),
        MessageSection.Authority => MessageHeader.GetAuthorityCount(_buffer),
        _ => MessageHeader.GetAdditionalCount(_buffer),
    };

    private readonly void SetCount(MessageSection section, ushort count)
    {
        switch (section)
        {
            case MessageSection.Answer:
                MessageHeader.SetAnswerCount(_buffer, count);
                break;
            case MessageSection.Authority:
                MessageHeader.SetAuthorityCount(_buffer, count);
                break;
            default:
                MessageHeader.SetAdditionalCount(_buffer, count);
                break;
        }
    }
}
