using System;

namespace NodeDns.Wire;

/// <summary>
/// Writes a response anew without its OPT and, on request, without more, for the cases that no cut can do.
/// </summary>
/// <remarks>
/// Once a record is left out, everything behind it moves and pointers to it dangle. So names are expanded, except that
/// a pointer into the question's name stays: that name keeps its place and length. Nothing else is compressed.
/// </remarks>
public static class ResponseCopier
{
    public static bool TryCopy(in ResponseView response, CopyOptions options, Span<byte> destination, out int length) =>
        TryCopy(response, options, default, destination, out length);

    /// <summary>
    /// Copies; false when it does not fit or cannot be read. <paramref name="foldedName"/>, when given, replaces the
    /// question's name and has its length.
    /// </summary>
    public static bool TryCopy(
        in ResponseView response, CopyOptions options, ReadOnlySpan<byte> foldedName, Span<byte> destination,
        out int length)
    {
        length = 0;
        ReadOnlySpan<byte> message = response.Message;
        int questionEnd = response.QuestionEnd;
        if (questionEnd > destination.Length || questionEnd > message.Length
            || message.Length < WireLimits.HeaderLength)
        {
            return false;
        }

        int nameLength = questionEnd - WireLimits.HeaderLength - WireLimits.QuestionFixedLength;
        if (!foldedName.IsEmpty && foldedName.Length != nameLength)
        {
            return false;
        }

        message[..questionEnd].CopyTo(destination);
        foldedName.CopyTo(destination[WireLimits.HeaderLength..]);
        return TryCopyRecords(response, options, destination, out length);
    }

    private static bool TryCopyRecords(
        in ResponseView response, CopyOptions options, Span<byte> destination, out int length)
    {
        RecordCopyWriter writer = new(response.Message, response.QuestionEnd, destination);
        ushort answers = 0;
        ushort authorities = 0;
        ushort additionals = 0;
        RecordReader reader = new(response.Message, response.QuestionEnd);
        while (reader.MoveNext())
        {
            if (IsDropped(reader, options, response.AskedType))
            {
                continue;
            }

            if (!writer.TryCopy(reader))
            {
                length = 0;
                return false;
            }

            _ = reader.Section switch
            {
                MessageSection.Answer => answers++,
                MessageSection.Authority => authorities++,
                _ => additionals++,
            };
        }

        length = writer.Length;
        MessageHeader.SetAnswerCount(destination, answers);
        MessageHeader.SetAuthorityCount(destination, authorities);
        MessageHeader.SetAdditionalCount(destination, additionals);
        return !reader.IsMalformed;
    }

    private static bool IsDropped(in RecordReader reader, CopyOptions options, RecordType askedType) =>
        reader.Type switch
        {
            RecordType.OPT => true,
            RecordType.RRSIG or RecordType.NSEC or RecordType.NSEC3
                when (options & CopyOptions.DropDnssec) != 0 && reader.Type != askedType => true,
            _ => reader.Section switch
            {
                MessageSection.Authority => (options & CopyOptions.DropAuthority) != 0,
                MessageSection.Additional => (options & CopyOptions.DropAdditional) != 0,
                _ => false,
            },
        };
}
