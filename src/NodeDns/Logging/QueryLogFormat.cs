using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using NodeDns.Linux.Sockets;
using NodeDns.Wire;

namespace NodeDns.Logging;

/// <summary>The format of a log directive, taken apart once: pieces of text and placeholders.</summary>
/// <remarks>
/// As in CoreDNS: names behind "{>" are case-blind and an unknown one prints "-", as does all metadata "{/...}"; any
/// other unknown "{name}" stays as it is. A field without a value prints "-".
/// </remarks>
internal sealed class QueryLogFormat
{
    private const string Empty = "-";

    private readonly record struct Piece(QueryLogField Field, string Text);

    private static readonly Dictionary<string, QueryLogField> s_fields = new(StringComparer.Ordinal)
    {
        ["type"] = QueryLogField.Type,
        ["name"] = QueryLogField.Name,
        ["class"] = QueryLogField.Class,
        ["proto"] = QueryLogField.Proto,
        ["remote"] = QueryLogField.Remote,
        ["local"] = QueryLogField.Local,
        ["size"] = QueryLogField.Size,
        ["port"] = QueryLogField.Port,
        ["duration"] = QueryLogField.Duration,
        ["rcode"] = QueryLogField.Rcode,
        ["rsize"] = QueryLogField.ResponseSize,
        ["when"] = QueryLogField.When,
        [">rflags"] = QueryLogField.ResponseFlags,
        [">bufsize"] = QueryLogField.BufferSize,
        [">do"] = QueryLogField.DnssecOk,
        [">id"] = QueryLogField.Id,
        [">opcode"] = QueryLogField.Opcode,
    };

    private static readonly (HeaderFlags Flag, string Name)[] s_flags =
    [
        (HeaderFlags.Response, "qr"),
        (HeaderFlags.Authoritative, "aa"),
        (HeaderFlags.Truncated, "tc"),
        (HeaderFlags.RecursionDesired, "rd"),
        (HeaderFlags.RecursionAvailable, "ra"),
        (HeaderFlags.Reserved, "z"),
        (HeaderFlags.AuthenticData, "ad"),
        (HeaderFlags.CheckingDisabled, "cd"),
    ];

    private readonly List<Piece> _pieces = [];

    public QueryLogFormat(string format)
    {
        StringBuilder literal = new();
        for (int i = 0; i < format.Length;)
        {
            int close = format[i] == '{' ? format.IndexOf('}', i) : -1;
            Piece? piece = close < 0 ? null : ToPiece(format[(i + 1)..close]);
            if (piece is null)
            {
                literal.Append(format[i++]);
                continue;
            }

            AddLiteral(literal);
            _pieces.Add(piece.Value);
            i = close + 1;
        }

        AddLiteral(literal);
    }

    /// <summary>Writes the line without level and without its end.</summary>
    public void Write(in QueryLogEntry entry, IBufferWriter<byte> output)
    {
        foreach (Piece piece in _pieces)
        {
            Encoding.ASCII.GetBytes(piece.Field == QueryLogField.Literal ? piece.Text : Value(piece.Field, entry), output);
        }
    }

    private static Piece? ToPiece(string placeholder)
    {
        if (placeholder.StartsWith('>'))
        {
            return s_fields.TryGetValue(placeholder.ToLowerInvariant(), out QueryLogField header)
                ? new Piece(header, "")
                : new Piece(QueryLogField.Literal, Empty);
        }

        if (placeholder.StartsWith('/'))
        {
            return new Piece(QueryLogField.Literal, Empty);
        }

        return s_fields.TryGetValue(placeholder, out QueryLogField field) ? new Piece(field, "") : null;
    }

    private void AddLiteral(StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            _pieces.Add(new Piece(QueryLogField.Literal, LogLine.Clean(literal.ToString())));
            literal.Clear();
        }
    }

    private static string Value(QueryLogField field, in QueryLogEntry entry) => field switch
    {
        QueryLogField.Type => ProtocolText.Of(entry.Type),
        QueryLogField.Name => LogLine.Clean(DomainName.ToText(entry.Name)),
        QueryLogField.Class => ProtocolText.Of(entry.Class),
        QueryLogField.Proto => entry.IsTcp ? "tcp" : "udp",
        QueryLogField.Remote => Address(entry.Client),
        QueryLogField.Local => Address(entry.Server),
        QueryLogField.Size => Number(entry.RequestSize),
        QueryLogField.Port => Number(entry.Client.Port),
        QueryLogField.Duration => Seconds(entry.DurationNanoseconds),
        QueryLogField.Rcode => ProtocolText.Of(entry.Rcode),
        QueryLogField.ResponseSize => Number(entry.ResponseSize),
        QueryLogField.When => DateTime.UtcNow.ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
        QueryLogField.ResponseFlags => Flags(entry.ResponseFlags),
        QueryLogField.BufferSize => Number(entry.UdpPayloadSize),
        QueryLogField.DnssecOk => entry.DnssecOk ? "true" : "false",
        QueryLogField.Id => Number(entry.Id),
        QueryLogField.Opcode => Number((int)entry.Opcode),
        _ => Empty,
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long nanoseconds) =>
        (nanoseconds / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture) + "s";

    private static string Address(in PeerAddress address) =>
        address.IsDefault ? Empty : address.IsIPv6 ? $"[{address.ToIPAddress()}]" : address.ToIPAddress().ToString();

    private static string Address(in LocalAddress address) =>
        address.IsDefault ? Empty : address.IsIPv6 ? $"[{address}]" : address.ToString();

    private static string Flags(HeaderFlags flags)
    {
        StringBuilder names = new();
        foreach ((HeaderFlags flag, string name) in s_flags)
        {
            if ((flags & flag) != 0)
            {
                names.Append(names.Length == 0 ? "" : ",").Append(name);
            }
        }

        return names.Length == 0 ? Empty : names.ToString();
    }
}
