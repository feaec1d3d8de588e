using System;
using System.Numerics;

namespace NodeDns.Wire;

/// <summary>Letters of a name as a secret: who cannot see the query does not know which are capitals ("0x20").</summary>
/// <remarks>Lengths of labels are below 64, where no letter is, so the bytes need not be taken for labels.</remarks>
public static class MixedCase
{
    private const byte CaseBit = 0x20;

    /// <summary>Writes the letters of an uncompressed name large or small as the bits say, beginning again after 64.</summary>
    public static void Write(Span<byte> name, ulong bits)
    {
        foreach (ref byte character in name)
        {
            if (IsLetter(character))
            {
                character = Cased(character, bits);
                bits = BitOperations.RotateRight(bits, 1);
            }
        }
    }

    /// <summary>Whether the letters are as these bits made them.</summary>
    public static bool Matches(ReadOnlySpan<byte> name, ulong bits)
    {
        foreach (byte character in name)
        {
            if (IsLetter(character))
            {
                if (character != Cased(character, bits))
                {
                    return false;
                }

                bits = BitOperations.RotateRight(bits, 1);
            }
        }

        return true;
    }

    private static bool IsLetter(byte character) => (uint)((character | CaseBit) - 'a') <= 'z' - 'a';

    private static byte Cased(byte letter, ulong bits) =>
        (byte)((bits & 1) != 0 ? letter & ~CaseBit : letter | CaseBit);
}
