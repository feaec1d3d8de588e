using System;

namespace NodeDns.Filters;

/// <summary>A folded wire name as the text that patterns of a Corefile are written for, without allocating.</summary>
internal static class NameText
{
    /// <summary>Every byte of a name escaped as \DDD, with room for the dots.</summary>
    public const int MaxLength = 1024;

    /// <summary>Writes the fully qualified name, escaped as in master files (RFC 1035 §5.1); returns its length.</summary>
    public static int Format(ReadOnlySpan<byte> name, Span<char> destination)
    {
        int length = 0;
        for (int at = 0; at < name.Length && name[at] != 0; at += name[at] + 1)
        {
            foreach (byte character in name.Slice(at + 1, name[at]))
            {
                length += Escape(character, destination[length..]);
            }

            destination[length++] = '.';
        }

        if (length == 0)
        {
            destination[length++] = '.';
        }

        return length;
    }

    private static int Escape(byte character, Span<char> destination)
    {
        if (character is < (byte)' ' or > (byte)'~')
        {
            destination[0] = '\\';
            destination[1] = (char)('0' + (character / 100));
            destination[2] = (char)('0' + (character / 10 % 10));
            destination[3] = (char)('0' + (character % 10));
            return 4;
        }

        if (" .'@;()\"\\"u8.Contains(character))
        {
            destination[0] = '\\';
            destination[1] = (char)character;
            return 2;
        }

        destination[0] = (char)character;
        return 1;
    }
}
