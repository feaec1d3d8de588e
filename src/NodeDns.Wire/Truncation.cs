using System;

namespace NodeDns.Wire;

/// <summary>
/// Fits a finished message into a size limit; the OPT is added afterwards, so none is expected in it.
/// </summary>
public static class Truncation
{
    /// <summary>
    /// Returns the length that fits: all of it; or without the additional section, which nobody was promised and whose
    /// loss sets no TC (RFC 2181 §9); or the header and question with TC set, which are kept whatever the limit.
    /// </summary>
    public static int Fit(Span<byte> message, int length, int limit)
    {
        if (length <= limit)
        {
            return length;
        }

        int additional = AdditionalOffset(message[..length]);
        if (additional < 0 || additional > limit)
        {
            return ToQuestion(message, length);
        }

        MessageHeader.SetAdditionalCount(message, 0);
        return additional;
    }

    /// <summary>Cuts behind the question and sets TC: the client comes back over TCP (RFC 7766 §5).</summary>
    public static int ToQuestion(Span<byte> message, int length)
    {
        if (length < WireLimits.HeaderLength || length > message.Length)
        {
            return 0;
        }

        int end = QuestionEnd(message[..length]);
        if (end < 0)
        {
            end = WireLimits.HeaderLength;
            MessageHeader.SetQuestionCount(message, 0);
        }

        MessageHeader.SetFlags(message, (ushort)(MessageHeader.GetFlags(message) | (ushort)HeaderFlags.Truncated));
        MessageHeader.SetAnswerCount(message, 0);
        MessageHeader.SetAuthorityCount(message, 0);
        MessageHeader.SetAdditionalCount(message, 0);
        return end;
    }

    /// <summary>Where the additional section begins; -1 when the message cannot be read that far or has none.</summary>
    private static int AdditionalOffset(ReadOnlySpan<byte> message)
    {
        int questionEnd = QuestionEnd(message);
        if (questionEnd < 0)
        {
            return -1;
        }

        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
            if (reader.Section == MessageSection.Additional)
            {
                return reader.NameOffset;
            }
        }

        return -1;
    }

    /// <summary>The end of the one question, or -1 when there is not exactly one that can be read.</summary>
    private static int QuestionEnd(ReadOnlySpan<byte> message)
    {
        if (MessageHeader.GetQuestionCount(message) != 1
            || !DomainName.TrySkip(message, WireLimits.HeaderLength, out int nameEnd))
        {
            return -1;
        }

        int end = nameEnd + WireLimits.QuestionFixedLength;
        return end <= message.Length ? end : -1;
    }
}
