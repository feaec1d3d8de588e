using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;

namespace NodeDns.Sources.Records;

/// <summary>The parameters of SVCB and HTTPS records (RFC 9460 §2.1) from text, put in the order the wire demands.</summary>
internal static class SvcParamsText
{
    private const int Mandatory = 0;
    private const int NoDefaultAlpn = 2;

    private static readonly string[] s_keys =
        ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

    /// <summary>Reads to the end of the record; the current field is the first parameter if so told.</summary>
    public static bool TryParse(ref RecordTokens tokens, bool hasCurrent, RecordDataBuilder data)
    {
        SortedDictionary<ushort, byte[]> parameters = [];
        while (hasCurrent || tokens.MoveNext())
        {
            hasCurrent = false;
            ReadOnlySpan<char> text = tokens.Current;
            int equals = text.IndexOf('=');
            ReadOnlySpan<char> value = equals < 0 ? "" : text[(equals + 1)..];
            value = value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
            RecordDataBuilder bytes = new();
            if (!TryKey(equals < 0 ? text : text[..equals], out ushort key)
                || !TryValue(key, value, bytes) || bytes.Length > ushort.MaxValue
                || !parameters.TryAdd(key, bytes.ToArray()))
            {
                return false;
            }
        }

        foreach ((ushort key, byte[] value) in parameters)
        {
            data.AddUInt16(key);
            data.AddUInt16((ushort)value.Length);
            data.AddBytes(value);
        }

        return tokens.Error.Length == 0;
    }

    private static bool TryKey(ReadOnlySpan<char> text, out ushort key)
    {
        for (int i = 0; i < s_keys.Length; i++)
        {
            if (text.SequenceEqual(s_keys[i]))
            {
                key = (ushort)i;
                return true;
            }
        }

        key = 0;
        return text.StartsWith("key")
            && ushort.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out key);
    }

    private static bool TryValue(ushort key, ReadOnlySpan<char> value, RecordDataBuilder bytes)
    {
        switch (key)
        {
            case Mandatory:
                return TryMandatory(value, bytes);
            case NoDefaultAlpn:
                return value.IsEmpty;
            case 3:
                return bytes.TryAddUInt16(value);
            case 5:
                return !value.IsEmpty && bytes.TryAddBase64(value);
            case 1 or 4 or 6:
                return TryList(key, value, bytes);
            default:
                return bytes.TryAddUnescaped(value);
        }
    }

    private static bool TryList(ushort key, ReadOnlySpan<char> value, RecordDataBuilder bytes)
    {
        foreach (Range item in value.Split(','))
        {
            ReadOnlySpan<char> text = value[item];
            bool added = key switch
            {
                1 => !text.IsEmpty && bytes.TryAddString(text),
                4 => bytes.TryAddIPv4(text),
                _ => bytes.TryAddIPv6(text),
            };
            if (!added)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryMandatory(ReadOnlySpan<char> value, RecordDataBuilder bytes)
    {
        SortedSet<ushort> keys = [];
        foreach (Range item in value.Split(','))
        {
            if (!TryKey(value[item], out ushort key) || key == Mandatory || !keys.Add(key))
            {
                return false;
            }
        }

        Span<byte> encoded = stackalloc byte[2];
        foreach (ushort key in keys)
        {
            BinaryPrimitives.WriteUInt16BigEndian(encoded, key);
            bytes.AddBytes(encoded);
        }

        return true;
    }
}
