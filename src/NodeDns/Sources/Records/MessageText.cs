using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using NodeDns.Logging;
using NodeDns.Wire;

namespace NodeDns.Sources.Records;

/// <summary>A whole DNS message as people read it: header, question and records, one line each.</summary>
internal static class MessageText
{
    private static readonly (HeaderFlags Flag, string Name)[] s_flags =
    [
        (HeaderFlags.Response, "qr"), (HeaderFlags.Authoritative, "aa"), (HeaderFlags.Truncated, "tc"),
        (HeaderFlags.RecursionDesired, "rd"), (HeaderFlags.RecursionAvailable, "ra"), (HeaderFlags.AuthenticData, "ad"),
        (HeaderFlags.CheckingDisabled, "cd"),
    ];

    public static List<string> Lines(ReadOnlySpan<byte> message)
    {
        List<string> lines = [];
        if (message.Length < WireLimits.HeaderLength)
        {
            lines.Add(";; no DNS message");
            return lines;
        }

        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $";; {ProtocolText.Of(MessageHeader.GetRcode(message))}, id {MessageHeader.GetId(message)}, flags {Flags(message)}, {message.Length} bytes"));
        int end = WireLimits.HeaderLength;
        if (MessageHeader.GetQuestionCount(message) > 0 && TryQuestion(message, out string question, out end))
        {
            lines.Add(";; question");
            lines.Add(question);
        }

        lines.AddRange(Records(message, end));
        return lines;
    }

    /// <summary>The records behind the question, each section under its title.</summary>
    public static List<string> Records(ReadOnlySpan<byte> message, int questionEnd)
    {
        List<string> lines = [];
        MessageSection? section = null;
        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
            if (reader.Type == RecordType.OPT)
            {
                AddEdns(lines, message, reader);
                continue;
            }

            if (section != reader.Section)
            {
                section = reader.Section;
                lines.Add($";; {section.ToString()!.ToLowerInvariant()}");
            }

            lines.Add(Record(message, reader));
        }

        if (reader.IsMalformed)
        {
            lines.Add(";; the rest of the message cannot be read");
        }

        return lines;
    }

    public static string Record(ReadOnlySpan<byte> message, in RecordReader reader)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        string owner = DomainName.TryExpand(message, reader.NameOffset, name, out int length, out _)
            ? DomainName.ToText(name[..length])
            : "?";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{owner}  {reader.Ttl}  {ProtocolText.Of(reader.Class)}  {ProtocolText.Of(reader.Type)}  {RecordDataPrinter.ToText(message, reader)}");
    }

    /// <summary>Where the question ends; the header's end when there is none that can be read.</summary>
    public static int QuestionEnd(ReadOnlySpan<byte> message) =>
        TryQuestion(message, out _, out int end) ? end : WireLimits.HeaderLength;

    private static bool TryQuestion(ReadOnlySpan<byte> message, out string line, out int end)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        line = "";
        if (!DomainName.TryExpand(message, WireLimits.HeaderLength, name, out int length, out end)
            || end + WireLimits.QuestionFixedLength > message.Length)
        {
            end = WireLimits.HeaderLength;
            return false;
        }

        RecordType type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[end..]);
        RecordClass @class = (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(message[(end + 2)..]);
        line = $"{DomainName.ToText(name[..length])}  {ProtocolText.Of(@class)}  {ProtocolText.Of(type)}";
        end += WireLimits.QuestionFixedLength;
        return true;
    }

    private static string Flags(ReadOnlySpan<byte> message)
    {
        ushort flags = MessageHeader.GetFlags(message);
        StringBuilder names = new();
        foreach ((HeaderFlags flag, string name) in s_flags)
        {
            if ((flags & (ushort)flag) != 0)
            {
                names.Append(names.Length == 0 ? "" : " ").Append(name);
            }
        }

        return names.ToString();
    }

    private static void AddEdns(List<string> lines, ReadOnlySpan<byte> message, in RecordReader reader)
    {
        EdnsOptionReader options = new(reader.Data);
        while (options.MoveNext())
        {
            if (options.Code == EdnsOptionCode.ExtendedError && options.Data.Length >= 2)
            {
                ExtendedError error = (ExtendedError)BinaryPrimitives.ReadUInt16BigEndian(options.Data);
                string text = options.Data.Length > 2 ? $" {RecordDataPrinter.Quoted(options.Data[2..])}" : "";
                lines.Add($";; extended error {(ushort)error} ({error}){text}");
            }
        }
    }
}
