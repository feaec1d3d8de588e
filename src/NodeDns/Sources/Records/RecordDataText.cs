using System;
using System.Globalization;
using System.Text;
using NodeDns.Wire;

namespace NodeDns.Sources.Records;

/// <summary>The RDATA of the usual record types from their presentation form.</summary>
internal static class RecordDataText
{
    /// <summary>Reads the fields of the type up to the end of the record.</summary>
    public static bool TryParse(ref RecordTokens tokens, RecordType type, RecordDataBuilder data, out string error)
    {
        string layout = Layout(type);
        bool parsed = tokens.MoveNext();
        if (parsed && tokens.Current is @"\#" && !tokens.IsQuoted)
        {
            parsed = TryGeneric(ref tokens, data);
        }
        else if (layout.Length == 0)
        {
            error = $"records of type {(ushort)type} can only be written as \\# LENGTH HEX";
            return false;
        }
        else
        {
            parsed = parsed && TryFields(ref tokens, layout, data);
        }

        error = parsed && data.Length <= RecordDataBuilder.MaxLength ? ""
            : tokens.Error.Length > 0 ? tokens.Error
            : $"bad data for a record of type {type}";
        return error.Length == 0;
    }

    // One letter per field: 4/6 addresses, n name, b byte, h 16 bits, t 32 bits or a time, a DNSSEC algorithm,
    // s one string, u strings to the end, x hex to the end, 6 base64 as "B" to the end, r raw text, p SVCB parameters.
    internal static string Layout(RecordType type) => (ushort)type switch
    {
        1 => "4",                                    // A
        28 => "6",                                   // AAAA
        2 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 39 => "n", // NS MD MF CNAME MB MG MR PTR DNAME
        6 => "nnttttt",                              // SOA
        13 => "ss",                                  // HINFO
        15 or 18 or 21 or 36 => "hn",                // MX AFSDB RT KX
        16 or 99 => "u",                             // TXT SPF
        17 => "nn",                                  // RP
        33 => "hhhn",                                // SRV
        35 => "hhsssn",                              // NAPTR
        43 or 59 or 32769 => "habx",                 // DS CDS DLV
        44 => "bbx",                                 // SSHFP
        48 or 60 or 25 => "hbaB",                    // DNSKEY CDNSKEY KEY
        52 or 53 => "bbbx",                          // TLSA SMIMEA
        61 => "B",                                   // OPENPGPKEY
        64 or 65 => "hnp",                           // SVCB HTTPS
        256 => "hhr",                                // URI
        257 => "bsr",                                // CAA
        _ => "",
    };

    private static bool TryFields(ref RecordTokens tokens, string layout, RecordDataBuilder data)
    {
        for (int i = 0; i < layout.Length; i++)
        {
            if (layout[i] == 'p')
            {
                return SvcParamsText.TryParse(ref tokens, i == 0, data);
            }

            if ((i > 0 && !tokens.MoveNext()) || !TryField(ref tokens, layout[i], data))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryField(ref RecordTokens tokens, char field, RecordDataBuilder data)
    {
        ReadOnlySpan<char> text = tokens.Current;
        switch (field)
        {
            case '4': return data.TryAddIPv4(text);
            case '6': return data.TryAddIPv6(text);
            case 'n': return !tokens.IsQuoted && data.TryAddName(text);
            case 'b': return data.TryAddByte(text);
            case 'h': return data.TryAddUInt16(text);
            case 't': return data.TryAddSeconds(text);
            case 'a': return TryAlgorithm(text, data);
            case 's': return data.TryAddString(text);
            case 'r': return data.TryAddUnescaped(text);
            case 'u': return TryStrings(ref tokens, data);
            case 'x': return Join(ref tokens) is { Length: > 0 } hex && data.TryAddHex(hex);
            case 'B': return Join(ref tokens) is { Length: > 0 } base64 && data.TryAddBase64(base64);
            default: return false;
        }
    }

    private static bool TryStrings(ref RecordTokens tokens, RecordDataBuilder data)
    {
        do
        {
            if (!data.TryAddStrings(tokens.Current))
            {
                return false;
            }
        }
        while (tokens.MoveNext());

        return tokens.Error.Length == 0;
    }

    // RFC 3597 §5: the length is written although the digits tell it; both have to agree.
    private static bool TryGeneric(ref RecordTokens tokens, RecordDataBuilder data)
    {
        if (!tokens.MoveNext()
            || !ushort.TryParse(tokens.Current, NumberStyles.None, CultureInfo.InvariantCulture, out ushort length))
        {
            return false;
        }

        string hex = tokens.MoveNext() ? Join(ref tokens) : "";
        return tokens.Error.Length == 0 && data.TryAddHex(hex) && data.Length == length;
    }

    // Hex and base64 may be broken into several fields.
    private static string Join(ref RecordTokens tokens)
    {
        StringBuilder text = new();
        text.Append(tokens.Current);
        while (tokens.MoveNext())
        {
            text.Append(tokens.Current);
        }

        return text.ToString();
    }

    private static bool TryAlgorithm(ReadOnlySpan<char> text, RecordDataBuilder data)
    {
        int number = text switch
        {
            "RSASHA1" => 5,
            "RSASHA1-NSEC3-SHA1" => 7,
            "RSASHA256" => 8,
            "RSASHA512" => 10,
            "ECDSAP256SHA256" => 13,
            "ECDSAP384SHA384" => 14,
            "ED25519" => 15,
            "ED448" => 16,
            _ => -1,
        };
        if (number < 0)
        {
            return data.TryAddByte(text);
        }

        data.AddByte((byte)number);
        return true;
    }
}
