using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

// A name on the wire (RFC 1035 §3.1, §4.1.4):
//
//   +--+--+--+--+--+--+--+--+        +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//   | 0  0|   LENGTH 1..63  |  or    | 1  1|                OFFSET                   |
//   +--+--+--+--+--+--+--+--+        +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//   |   LENGTH characters   |
//   ... more labels, then one byte of 0: the root, or a pointer in its place.

/// <summary>Works on names in wire form: skips, expands, folds, compares and hashes them where they stand.</summary>
/// <remarks>
/// "Name" means an uncompressed wire form with its root byte; only the methods that take a message and an offset
/// accept compression. Pointers must lead strictly backwards from the start of the part that holds them, so every
/// walk ends; no method throws or allocates, but for <see cref="ToText"/>.
/// </remarks>
public static partial class DomainName
{
    private const int PointerBits = 0xC0;

    /// <summary>
    /// Finds the end of a name without following its pointer, whose target is checked to lie before the name.
    /// </summary>
    public static bool TrySkip(ReadOnlySpan<byte> message, int offset, out int end)
    {
        end = 0;
        int position = offset;
        while ((uint)position < (uint)message.Length)
        {
            int length = message[position];
            if (length == 0)
            {
                end = position + 1;
                return end - offset <= WireLimits.MaxNameLength;
            }

            if (length > WireLimits.MaxLabelLength)
            {
                end = position + 2;
                return TryReadPointer(message, position, offset, out _);
            }

            position += length + 1;
            if (position - offset >= WireLimits.MaxNameLength)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>
    /// Writes a name that may be compressed in full; <paramref name="end"/> is where it ends in the message.
    /// </summary>
    public static bool TryExpand(
        ReadOnlySpan<byte> message, int offset, Span<byte> destination, out int length, out int end)
    {
        length = 0;
        end = -1;
        int start = offset;
        int position = offset;
        int jumps = 0;
        while ((uint)position < (uint)message.Length)
        {
            int label = message[position];
            if (label > WireLimits.MaxLabelLength)
            {
                if (++jumps > WireLimits.MaxPointerJumps || !TryReadPointer(message, position, start, out int target))
                {
                    return false;
                }

                end = end < 0 ? position + 2 : end;
                start = position = target;
                continue;
            }

            int bytes = label + 1;
            if (length + bytes > WireLimits.MaxNameLength || length + bytes > destination.Length
                || position + bytes > message.Length)
            {
                return false;
            }

            message.Slice(position, bytes).CopyTo(destination[length..]);
            length += bytes;
            position += bytes;
            if (label == 0)
            {
                end = end < 0 ? position : end;
                return true;
            }
        }

        return false;
    }

    /// <summary>Labels of a name, the root not counted.</summary>
    public static int CountLabels(ReadOnlySpan<byte> name)
    {
        int count = 0;
        int position = 0;
        while ((uint)position < (uint)name.Length && name[position] != 0)
        {
            position += name[position] + 1;
            count++;
        }

        return count;
    }

    /// <summary>Writes the offset of each label, the root excluded, and returns how many there are.</summary>
    public static int LabelOffsets(ReadOnlySpan<byte> name, Span<byte> offsets)
    {
        int count = 0;
        int position = 0;
        while ((uint)position < (uint)name.Length && name[position] != 0 && count < offsets.Length)
        {
            offsets[count++] = (byte)position;
            position += name[position] + 1;
        }

        return count;
    }

    /// <summary>True when the name is the zone or lies below it, label by label; both folded.</summary>
    public static bool IsSameOrBelow(ReadOnlySpan<byte> foldedName, ReadOnlySpan<byte> foldedZone) =>
        foldedName.EndsWith(foldedZone) && StartsLabel(foldedName, foldedName.Length - foldedZone.Length);

    /// <summary>True when a label of the name, or its root, begins at the offset.</summary>
    internal static bool StartsLabel(ReadOnlySpan<byte> name, int offset)
    {
        int position = 0;
        while (position < offset)
        {
            position += name[position] + 1;
        }

        return position == offset;
    }

    /// <summary>
    /// Reads the pointer at a position inside a part of a name that begins at <paramref name="start"/>.
    /// </summary>
    internal static bool TryReadPointer(ReadOnlySpan<byte> message, int position, int start, out int target)
    {
        target = 0;
        if (position + 2 > message.Length || (message[position] & PointerBits) != PointerBits)
        {
            // 01 and 10 are label types that never came to be (RFC 6891 §5).
            return false;
        }

        target = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & WireLimits.MaxPointerTarget;

        // Nothing in the header is a name, and a loop needs at least one step that is not backwards (RFC 9267 §2.1).
        return target >= WireLimits.HeaderLength && target < start;
    }
}
