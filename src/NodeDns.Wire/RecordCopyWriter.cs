using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <summary>Writes records of one message into another that begins with the same question.</summary>
internal ref struct RecordCopyWriter
{
    private const int PointerLength = 2;
    private const ushort QuestionNamePointer = 0xC000 | WireLimits.HeaderLength;

    private readonly ReadOnlySpan<byte> _source;
    private readonly Span<byte> _destination;

    /// <summary>End of the question's name, whose labels stand at the same offsets in both messages.</summary>
    private readonly int _sharedEnd;

    private int _workLeft = WireLimits.MaxNameWork;

    public RecordCopyWriter(ReadOnlySpan<byte> source, int questionEnd, Span<byte> destination)
    {
        _source = source;
        _destination = destination.Length > WireLimits.MaxMessageLength
            ? destination[..WireLimits.MaxMessageLength]
            : destination;
        _sharedEnd = questionEnd - WireLimits.QuestionFixedLength;
        Length = questionEnd;
    }

    public int Length { get; private set; }

    /// <summary>
    /// Writes one record; false leaves <see cref="Length"/> anywhere, and the copy is to be thrown away.
    /// </summary>
    public bool TryCopy(in RecordReader record)
    {
        int fixedOffset = record.DataOffset - WireLimits.RecordFixedLength;
        if (!TryPutName(record.NameOffset, true, out _)
            || !TryPut(_source.Slice(fixedOffset, WireLimits.RecordFixedLength)))
        {
            return false;
        }

        int dataStart = Length;
        if (!TryPutData(record))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            _destination[(dataStart - sizeof(ushort))..], (ushort)(Length - dataStart));
        return true;
    }

    private bool TryPutData(in RecordReader record)
    {
        RecordDataLayout layout = RecordDataLayout.Of(record.Type);
        int position = record.DataOffset;
        if (layout.NameCount > 0)
        {
            int namesStart = position + layout.PrefixLength;
            for (int i = 0; i < layout.StringCount && namesStart < record.End; i++)
            {
                namesStart += _source[namesStart] + 1;
            }

            if (namesStart > record.End || !TryPut(_source[position..namesStart]))
            {
                return false;
            }

            position = namesStart;
            for (int i = 0; i < layout.NameCount; i++)
            {
                if (!TryPutName(position, layout.MayCompress, out position) || position > record.End)
                {
                    return false;
                }
            }

            if (layout.TailLength >= 0 && layout.TailLength != record.End - position)
            {
                return false;
            }
        }

        return TryPut(_source[position..record.End]);
    }

    /// <summary>
    /// Writes a name label by label, and the pointer that ends it only where it leads into the question's name.
    /// </summary>
    private bool TryPutName(int offset, bool mayPoint, out int end)
    {
        // Most owners are the question's name.
        if (mayPoint && BinaryPrimitives.TryReadUInt16BigEndian(_source[offset..], out ushort pointer)
            && pointer == QuestionNamePointer)
        {
            end = offset + PointerLength;
            return TryPut(_source[offset..end]);
        }

        // Reading all of it judges it: length, loops, and every label on the way.
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        if (!DomainName.TryExpand(_source, offset, name, out int length, out end))
        {
            return false;
        }

        _workLeft -= length;
        if (_workLeft < 0)
        {
            return false;
        }

        if (!mayPoint || !TryFindSharedEnding(offset, out int ownLength, out int target))
        {
            return TryPut(name[..length]);
        }

        if (!TryPut(name[..ownLength]) || PointerLength > _destination.Length - Length)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_destination[Length..], (ushort)(0xC000 | target));
        Length += PointerLength;
        return true;
    }

    /// <summary>Follows a name, known to be sound, to a pointer into the question's name, if it has one.</summary>
    private readonly bool TryFindSharedEnding(int offset, out int ownLength, out int target)
    {
        ownLength = 0;
        target = 0;
        int position = offset;
        while (_source[position] != 0)
        {
            if (_source[position] <= WireLimits.MaxLabelLength)
            {
                ownLength += _source[position] + 1;
                position += _source[position] + 1;
                continue;
            }

            target = BinaryPrimitives.ReadUInt16BigEndian(_source[position..]) & WireLimits.MaxPointerTarget;
            if (IsLabelOfQuestion(target))
            {
                return true;
            }

            position = target;
        }

        return false;
    }

    /// <summary>Only whole labels stay what they are: one that begins elsewhere may reach into what moves.</summary>
    private readonly bool IsLabelOfQuestion(int target) => target < _sharedEnd && DomainName.StartsLabel(
        _source[WireLimits.HeaderLength.._sharedEnd], target - WireLimits.HeaderLength);

    private bool TryPut(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _destination.Length - Length)
        {
            return false;
        }

        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
        return true;
    }
}
