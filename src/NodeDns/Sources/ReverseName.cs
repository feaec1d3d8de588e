using System;

namespace NodeDns.Sources;

/// <summary>Names below in-addr.arpa and ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5) in wire form.</summary>
internal static class ReverseName
{
    private const int V6Labels = 32;

    private static ReadOnlySpan<byte> V4Zone => "\u0007in-addr\u0004arpa\0"u8;

    private static ReadOnlySpan<byte> V6Zone => "\u0003ip6\u0004arpa\0"u8;

    /// <summary>The name of an address of 4 or 16 bytes, lower case.</summary>
    public static byte[] Of(ReadOnlySpan<byte> address)
    {
        Span<byte> name = stackalloc byte[(2 * V6Labels) + V6Zone.Length];
        int length = 0;
        for (int i = address.Length - 1; i >= 0; i--)
        {
            if (address.Length == 4)
            {
                address[i].TryFormat(name[(length + 1)..], out int digits, default, null);
                name[length] = (byte)digits;
                length += digits + 1;
            }
            else
            {
                name[length++] = 1;
                name[length++] = Nibble(address[i] & 15);
                name[length++] = 1;
                name[length++] = Nibble(address[i] >> 4);
            }
        }

        ReadOnlySpan<byte> zone = address.Length == 4 ? V4Zone : V6Zone;
        zone.CopyTo(name[length..]);
        return name[..(length + zone.Length)].ToArray();
    }

    /// <summary>The IPv6 address that a folded name below ip6.arpa stands for; false unless all 32 nibbles are there.</summary>
    public static bool TryParseV6(ReadOnlySpan<byte> foldedName, Span<byte> address)
    {
        if (foldedName.Length != (2 * V6Labels) + V6Zone.Length || !foldedName.EndsWith(V6Zone))
        {
            return false;
        }

        for (int i = 0; i < V6Labels; i++)
        {
            int value = Value(foldedName[(2 * i) + 1]);
            if (foldedName[2 * i] != 1 || value < 0)
            {
                return false;
            }

            int index = 15 - (i / 2);
            address[index] = (byte)(i % 2 == 0 ? value : (value << 4) | address[index]);
        }

        return true;
    }

    private static byte Nibble(int value) => "0123456789abcdef"u8[value];

    private static int Value(byte digit) => "0123456789abcdef"u8.IndexOf(digit);
}
