using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace NodeDns.Wire;

/// <content>Folding, comparing and hashing: what every query's name goes through before the cache is asked.</content>
public static partial class DomainName
{
    private const ulong HighBits = 0x8080808080808080;
    private const ulong HashKey1 = 0x9E3779B97F4A7C15;
    private const ulong HashKey2 = 0xD1B54A32D192ED03;

    /// <summary>Writes the name in ASCII lower case (RFC 4343 §3); lengths are below 64 and so never letters.</summary>
    /// <remarks>The destination holds at least the name's length and may be the name itself.</remarks>
    public static void Fold(ReadOnlySpan<byte> name, Span<byte> destination)
    {
        if (destination.Length < name.Length)
        {
            return;
        }

        if (name.Length >= Vector128<byte>.Count)
        {
            // The last vector overlaps the one before: folding twice changes nothing.
            int last = name.Length - Vector128<byte>.Count;
            for (int i = 0; i < last; i += Vector128<byte>.Count)
            {
                Fold(Vector128.Create(name[i..])).CopyTo(destination[i..]);
            }

            Fold(Vector128.Create(name[last..])).CopyTo(destination[last..]);
            return;
        }

        if (name.Length >= sizeof(ulong))
        {
            int last = name.Length - sizeof(ulong);
            ulong head = Fold(BinaryPrimitives.ReadUInt64LittleEndian(name));
            ulong tail = Fold(BinaryPrimitives.ReadUInt64LittleEndian(name[last..]));
            BinaryPrimitives.WriteUInt64LittleEndian(destination, head);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[last..], tail);
            return;
        }

        for (int i = 0; i < name.Length; i++)
        {
            destination[i] = Fold(name[i]);
        }
    }

    /// <summary>Compares two uncompressed names, ASCII letters regardless of case.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        int i = 0;
        for (; i + Vector128<byte>.Count <= a.Length; i += Vector128<byte>.Count)
        {
            if (Fold(Vector128.Create(a[i..])) != Fold(Vector128.Create(b[i..])))
            {
                return false;
            }
        }

        for (; i < a.Length; i++)
        {
            if (Fold(a[i]) != Fold(b[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Compares a name in a message, which may be compressed, with an uncompressed one.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> name)
    {
        int start = offset;
        int position = offset;
        int matched = 0;
        int jumps = 0;
        while ((uint)position < (uint)message.Length && (uint)matched < (uint)name.Length)
        {
            int label = message[position];
            if (label > WireLimits.MaxLabelLength)
            {
                if (++jumps > WireLimits.MaxPointerJumps || !TryReadPointer(message, position, start, out int target))
                {
                    return false;
                }

                start = position = target;
                continue;
            }

            int bytes = label + 1;
            if (position + bytes > message.Length || matched + bytes > name.Length
                || !EqualsIgnoreCase(message.Slice(position, bytes), name.Slice(matched, bytes)))
            {
                return false;
            }

            matched += bytes;
            position += bytes;
            if (label == 0)
            {
                return matched == name.Length;
            }
        }

        return false;
    }

    /// <summary>
    /// Hashes a folded name, eight bytes at a time; the seed keeps outsiders from choosing collisions.
    /// </summary>
    /// <remarks>
    /// Multiply and fold, as wyhash does, but both factors are keyed by the seed: a known constant there lets a chosen
    /// name make a factor zero and collide under every seed. Not a cryptographic hash; whoever finds an entry by it
    /// compares the whole key.
    /// </remarks>
    public static ulong Hash(ReadOnlySpan<byte> foldedName, ulong seed)
    {
        ulong key = BitOperations.RotateLeft(seed, 32) ^ HashKey2;
        ulong state = seed ^ HashKey1;
        ulong first;
        ulong second;
        if (foldedName.Length >= 2 * sizeof(ulong))
        {
            for (int i = 0; i < foldedName.Length - (2 * sizeof(ulong)); i += 2 * sizeof(ulong))
            {
                first = BinaryPrimitives.ReadUInt64LittleEndian(foldedName[i..]);
                second = BinaryPrimitives.ReadUInt64LittleEndian(foldedName[(i + sizeof(ulong))..]);
                state = Mix(first ^ key, second ^ state);
            }

            first = BinaryPrimitives.ReadUInt64LittleEndian(foldedName[^(2 * sizeof(ulong))..]);
            second = BinaryPrimitives.ReadUInt64LittleEndian(foldedName[^sizeof(ulong)..]);
        }
        else if (foldedName.Length >= sizeof(ulong))
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(foldedName);
            second = BinaryPrimitives.ReadUInt64LittleEndian(foldedName[^sizeof(ulong)..]);
        }
        else
        {
            first = 0;
            second = 0;
            foreach (byte value in foldedName)
            {
                first = (first << 8) | value;
            }
        }

        ulong folded = Mix(first ^ key, second ^ state);
        return Mix(folded ^ (ulong)foldedName.Length ^ HashKey1, folded ^ key);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static Vector128<byte> Fold(Vector128<byte> bytes)
    {
        // One comparison for both ends of the range: everything below 'A' wraps round to large numbers.
        Vector128<byte> isUpper = Vector128.LessThan(
            bytes - Vector128.Create((byte)'A'), Vector128.Create((byte)('Z' - 'A' + 1)));
        return bytes | (isUpper & Vector128.Create((byte)0x20));
    }

    private static ulong Fold(ulong bytes)
    {
        // Eight bytes in one word: bit 7 of each lane becomes "is between A and Z", and moves down to bit 5.
        ulong lanes = bytes & ~HighBits;
        ulong fromA = lanes + 0x3F3F3F3F3F3F3F3F;
        ulong afterZ = lanes + 0x2525252525252525;
        return bytes | (((fromA & ~afterZ & ~bytes) & HighBits) >> 2);
    }

    private static byte Fold(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;
}
