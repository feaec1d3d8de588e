using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <summary>Makes a message older than it says: for answers that an HTTP cache has held (RFC 8484 §5.1).</summary>
public static class MessageAge
{
    /// <summary>Takes seconds off the TTL of every record, down to zero; what cannot be read is left for the reader to refuse.</summary>
    public static void Subtract(Span<byte> message, uint seconds)
    {
        if (seconds == 0 || message.Length < WireLimits.HeaderLength)
        {
            return;
        }

        int offset = WireLimits.HeaderLength;
        for (int i = MessageHeader.GetQuestionCount(message); i > 0; i--)
        {
            if (!DomainName.TrySkip(message, offset, out int end)
                || end + WireLimits.QuestionFixedLength > message.Length)
            {
                return;
            }

            offset = end + WireLimits.QuestionFixedLength;
        }

        RecordReader reader = new(message, offset);
        while (reader.MoveNext())
        {
            if (reader.Type != RecordType.OPT)
            {
                BinaryPrimitives.WriteUInt32BigEndian(
                    message[reader.TtlOffset..], reader.Ttl - Math.Min(reader.Ttl, seconds));
            }
        }
    }
}
