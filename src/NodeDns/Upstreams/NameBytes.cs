using System;
using System.Runtime.CompilerServices;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>Room for one wire-form name inside a table's entry.</summary>
[InlineArray(WireLimits.MaxNameLength)]
internal struct NameBytes
{
    private byte _first;
}

/// <summary>One bit per byte of a name: which letters the client wrote in upper case.</summary>
/// <remarks>32 bytes instead of 255 restore the client's spelling, which it may check (0x20 encoding, M9).</remarks>
[InlineArray(32)]
internal struct NameCase
{
    private byte _first;

    public static void Save(ReadOnlySpan<byte> name, Span<byte> bits)
    {
        bits.Clear();
        for (int i = 0; i < name.Length; i++)
        {
            if ((uint)(name[i] - 'A') <= 'Z' - 'A')
            {
                bits[i >> 3] |= (byte)(1 << (i & 7));
            }
        }
    }

    public static void Restore(Span<byte> foldedName, ReadOnlySpan<byte> bits)
    {
        for (int i = 0; i < foldedName.Length; i++)
        {
            if ((bits[i >> 3] & (1 << (i & 7))) != 0)
            {
                foldedName[i] &= 0xDF;
            }
        }
    }
}
