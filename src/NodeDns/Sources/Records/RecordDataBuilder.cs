using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeDns.Wire;

namespace NodeDns.Sources.Records;

/// <summary>Collects the RDATA of one record, field by field from text.</summary>
internal sealed class RecordDataBuilder
{
    public const int MaxLength = ushort.MaxValue;

    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    public int Length => _bytes.WrittenCount;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void AddByte(byte value) => _bytes.Write([value]);

    public void AddUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
    }

    public void AddBytes(ReadOnlySpan<byte> value) => _bytes.Write(value);

    public bool TryAddByte(ReadOnlySpan<char> text)
    {
        bool parsed = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte value);
        AddByte(value);
        return parsed;
    }

    public bool TryAddUInt16(ReadOnlySpan<char> text)
    {
        bool parsed = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort value);
        AddUInt16(value);
        return parsed;
    }

    /// <summary>A number of 32 bits, or a time such as 1h30m.</summary>
    public bool TryAddSeconds(ReadOnlySpan<char> text)
    {
        bool parsed = RecordSeconds.TryParse(text, out uint seconds);
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(4), seconds);
        _bytes.Advance(4);
        return parsed;
    }

    public bool TryAddName(ReadOnlySpan<char> text)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        if (!DomainName.TryParse(text is "@" ? "." : text, name, out int length))
        {
            return false;
        }

        AddBytes(name[..length]);
        return true;
    }

    /// <summary>Four decimal numbers; none of the short, octal or hexadecimal forms of inet_aton.</summary>
    public bool TryAddIPv4(ReadOnlySpan<char> text)
    {
        int parts = 0;
        foreach (Range part in text.Split('.'))
        {
            if (++parts > 4 || text[part].Length > 3 || !TryAddByte(text[part]))
            {
                return false;
            }
        }

        return parts == 4;
    }

    public bool TryAddIPv6(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny("%[]") || !text.Contains(':') || !IPAddress.TryParse(text, out IPAddress? address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        AddBytes(address.GetAddressBytes());
        return true;
    }

    public bool TryAddHex(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = _bytes.GetSpan((text.Length / 2) + 1);
        OperationStatus status = Convert.FromHexString(text, bytes, out _, out int written);
        _bytes.Advance(written);
        return status == OperationStatus.Done;
    }

    public bool TryAddBase64(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = _bytes.GetSpan((text.Length / 4 * 3) + 3);
        bool decoded = Convert.TryFromBase64Chars(text, bytes, out int written);
        _bytes.Advance(written);
        return decoded;
    }

    /// <summary>A character string of at most 255 bytes with its length in front.</summary>
    public bool TryAddString(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        if (!TryUnescape(text, bytes, out int length) || length > byte.MaxValue)
        {
            return false;
        }

        AddByte((byte)length);
        AddBytes(bytes.AsSpan(0, length));
        return true;
    }

    /// <summary>A text of any length, cut into strings of 255 bytes.</summary>
    public bool TryAddStrings(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        if (!TryUnescape(text, bytes, out int length))
        {
            return false;
        }

        int offset = 0;
        do
        {
            int part = Math.Min(length - offset, byte.MaxValue);
            AddByte((byte)part);
            AddBytes(bytes.AsSpan(offset, part));
            offset += part;
        }
        while (offset < length);

        return true;
    }

    public bool TryAddUnescaped(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        bool done = TryUnescape(text, bytes, out int length);
        AddBytes(bytes.AsSpan(0, length));
        return done;
    }

    // \DDD is the byte of that decimal number, a backslash before anything else only takes its meaning away.
    private static bool TryUnescape(ReadOnlySpan<char> text, Span<byte> destination, out int length)
    {
        length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                int size = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
                length += Encoding.UTF8.GetBytes(text.Slice(i, size), destination[length..]);
                i += size - 1;
                continue;
            }

            i++;
            if (i + 2 < text.Length && char.IsAsciiDigit(text[i]))
            {
                if (!byte.TryParse(text.Slice(i, 3), NumberStyles.None, CultureInfo.InvariantCulture, out byte value))
                {
                    return false;
                }

                destination[length++] = value;
                i += 2;
            }
            else if (i < text.Length && char.IsAscii(text[i]))
            {
                destination[length++] = (byte)text[i];
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}
