using System;
using NodeDns.Config.Values;
using NodeDns.Wire;

namespace NodeDns.Sources.Records;

/// <summary>One record in master-file syntax (RFC 1035 §5) to wire form.</summary>
/// <remarks>
/// Names without a final dot are absolute, as the origin is the root. $-directives, and with them other files, do not
/// exist here. Work is linear in the text.
/// </remarks>
internal static class RecordText
{
    /// <summary>The TTL of a record that names none, as in CoreDNS.</summary>
    public const uint DefaultTtl = 3600;

    /// <summary>True with a null record where the text holds nothing but blanks and comments.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ParsedRecord? record, out string error)
    {
        record = null;
        error = "";
        RecordTokens tokens = new(text);
        if (tokens.IsAtEnd())
        {
            return true;
        }

        RecordDataBuilder owner = new();
        if (!tokens.MoveNext() || tokens.Current.StartsWith("$") || !owner.TryAddName(tokens.Current))
        {
            error = tokens.Error.Length > 0 ? tokens.Error : $"bad owner name \"{tokens.Current}\"";
            return false;
        }

        if (!TryReadHeader(ref tokens, out uint ttl, out ushort @class, out ushort type, out error))
        {
            return false;
        }

        RecordDataBuilder data = new();
        if (!RecordDataText.TryParse(ref tokens, (RecordType)type, data, out error))
        {
            return false;
        }

        if (!tokens.IsAtEnd())
        {
            error = tokens.Error.Length > 0 ? tokens.Error : "more than one record, or text after the record";
            return false;
        }

        record = new ParsedRecord(owner.ToArray(), (RecordType)type, (RecordClass)@class, ttl, data.ToArray());
        return true;
    }

    // TTL and class may stand in either order, and both may be absent.
    private static bool TryReadHeader(
        ref RecordTokens tokens, out uint ttl, out ushort @class, out ushort type, out string error)
    {
        ttl = DefaultTtl;
        @class = (ushort)RecordClass.IN;
        type = 0;
        bool hasTtl = false;
        bool hasClass = false;
        while (tokens.MoveNext())
        {
            string field = tokens.Current.ToString();
            if (!hasTtl && RecordSeconds.TryParse(field, out uint seconds))
            {
                hasTtl = true;
                ttl = Math.Min(seconds, int.MaxValue);
            }
            else if (!hasClass && ProtocolNames.TryGetClass(field, out ushort parsed) && field is not ("ANY" or "any"))
            {
                hasClass = true;
                @class = parsed;
            }
            else if (ProtocolNames.TryGetType(field, out type) && !IsMeta(type))
            {
                error = "";
                return true;
            }
            else
            {
                error = $"expected a TTL, a class or a record type, found \"{field}\"";
                return false;
            }
        }

        error = tokens.Error.Length > 0 ? tokens.Error : "the record type is missing";
        return false;
    }

    // RFC 6895 §3.1: 128 to 255 exist in questions only, and OPT only in the protocol itself.
    private static bool IsMeta(ushort type) => type is 0 or 41 or (>= 128 and <= 255);
}
