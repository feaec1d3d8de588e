using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using NodeDns.Wire;

namespace NodeDns.Sources.Records;

/// <summary>Record data in its presentation form, by the same table of fields that reads it.</summary>
/// <remarks>
/// Everything that is not plain ASCII is escaped, so the text can go to a terminal. Data that does not look as its type says,
/// and types without a table entry, are printed in the generic form of RFC 3597 §5.
/// </remarks>
internal ref struct RecordDataPrinter
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _end;
    private int _at;

    private RecordDataPrinter(ReadOnlySpan<byte> message, int start, int end)
    {
        _message = message;
        _at = start;
        _end = end;
    }

    public static string ToText(ReadOnlySpan<byte> message, in RecordReader record)
    {
        string layout = RecordDataText.Layout(record.Type);
        RecordDataPrinter printer = new(message, record.DataOffset, record.DataOffset + record.DataLength);
        List<string> words = [];
        bool isWhole = layout.Length > 0;
        foreach (char field in layout)
        {
            isWhole = isWhole && printer.TryField(field, words);
        }

        return isWhole && printer._at == printer._end
            ? string.Join(' ', words)
            : string.Create(
                CultureInfo.InvariantCulture, $"\\# {record.DataLength} {Convert.ToHexString(record.Data)}").TrimEnd();
    }

    /// <summary>A character string in quotes (RFC 1035 §5.1).</summary>
    public static string Quoted(ReadOnlySpan<byte> text)
    {
        StringBuilder quoted = new("\"", text.Length + 2);
        foreach (byte value in text)
        {
            if (value is (byte)'"' or (byte)'\\')
            {
                quoted.Append('\\').Append((char)value);
            }
            else if (value is >= 0x20 and < 0x7F)
            {
                quoted.Append((char)value);
            }
            else
            {
                quoted.Append('\\').Append(value.ToString("d3", CultureInfo.InvariantCulture));
            }
        }

        return quoted.Append('"').ToString();
    }

    private bool TryField(char field, List<string> words)
    {
        switch (field)
        {
            case '4':
                return TryTake(4, out ReadOnlySpan<byte> v4) && Add(words, new IPAddress(v4).ToString());
            case '6':
                return TryTake(16, out ReadOnlySpan<byte> v6) && Add(words, new IPAddress(v6).ToString());
            case 'n':
                return TryName(words);
            case 'b' or 'a':
                return TryTake(1, out ReadOnlySpan<byte> small) && Add(words, Number(small[0]));
            case 'h':
                return TryTake(2, out ReadOnlySpan<byte> half) && Add(words, Number(BinaryPrimitives.ReadUInt16BigEndian(half)));
            case 't':
                return TryTake(4, out ReadOnlySpan<byte> whole) && Add(words, Number(BinaryPrimitives.ReadUInt32BigEndian(whole)));
            case 's':
                return TryString(words);
            case 'u':
                return TryStrings(words);
            case 'x':
                return Add(words, Convert.ToHexString(TakeRest()));
            case 'B':
                return Add(words, Convert.ToBase64String(TakeRest()));
            case 'r':
                return Add(words, Quoted(TakeRest()));
            default:
                return TryParameters(words);
        }
    }

    private static bool Add(List<string> words, string word)
    {
        words.Add(word);
        return true;
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        bool fits = count <= _end - _at;
        taken = fits ? _message.Slice(_at, count) : default;
        _at += fits ? count : 0;
        return fits;
    }

    private ReadOnlySpan<byte> TakeRest()
    {
        ReadOnlySpan<byte> rest = _message[_at.._end];
        _at = _end;
        return rest;
    }

    private bool TryName(List<string> words)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        if (_at >= _end || !DomainName.TryExpand(_message, _at, name, out int length, out int end) || end > _end)
        {
            return false;
        }

        _at = end;
        return Add(words, DomainName.ToText(name[..length]));
    }

    private bool TryString(List<string> words) =>
        TryTake(1, out ReadOnlySpan<byte> length) && TryTake(length[0], out ReadOnlySpan<byte> text)
        && Add(words, Quoted(text));

    private bool TryStrings(List<string> words)
    {
        while (_at < _end)
        {
            if (!TryString(words))
            {
                return false;
            }
        }

        return words.Count > 0;
    }

    /// <summary>The parameters of SVCB and HTTPS (RFC 9460 §2.1): known ones readable, the others as keyN="...".</summary>
    private bool TryParameters(List<string> words)
    {
        while (_at < _end)
        {
            if (!TryTake(2, out ReadOnlySpan<byte> code) || !TryTake(2, out ReadOnlySpan<byte> length)
                || !TryTake(BinaryPrimitives.ReadUInt16BigEndian(length), out ReadOnlySpan<byte> value))
            {
                return false;
            }

            words.Add(Parameter(BinaryPrimitives.ReadUInt16BigEndian(code), value));
        }

        return true;
    }

    private static string Parameter(ushort key, ReadOnlySpan<byte> value) => key switch
    {
        2 when value.IsEmpty => "no-default-alpn",
        3 when value.Length == 2 => $"port={BinaryPrimitives.ReadUInt16BigEndian(value)}",
        4 when value.Length > 0 && value.Length % 4 == 0 => $"ipv4hint={Addresses(value, 4)}",
        5 => $"ech={Convert.ToBase64String(value)}",
        6 when value.Length > 0 && value.Length % 16 == 0 => $"ipv6hint={Addresses(value, 16)}",
        _ => $"key{key}={Quoted(value)}",
    };

    private static string Addresses(ReadOnlySpan<byte> value, int size)
    {
        List<string> addresses = [];
        for (; value.Length >= size; value = value[size..])
        {
            addresses.Add(new IPAddress(value[..size]).ToString());
        }

        return string.Join(',', addresses);
    }
}
