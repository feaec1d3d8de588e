using System;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Copies what an answer to an address or pointer question consists of: the chain of aliases and its end.</summary>
internal static class AnswerCopy
{
    public static bool TryCopy(ReadOnlySpan<byte> message, int questionEnd, scoped ref ResponseWriter writer)
    {
        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        Span<byte> target = stackalloc byte[WireLimits.MaxNameLength];
        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext() && reader.Section == MessageSection.Answer)
        {
            if (!DomainName.TryExpand(message, reader.NameOffset, owner, out int ownerLength, out _))
            {
                return false;
            }

            bool copied = reader.Type switch
            {
                RecordType.A or RecordType.AAAA => writer.TryAddRecord(
                    MessageSection.Answer, owner[..ownerLength], reader.Type, reader.Class, reader.Ttl,
                    message.Slice(reader.DataOffset, reader.DataLength)),
                RecordType.CNAME or RecordType.PTR =>
                    DomainName.TryExpand(message, reader.DataOffset, target, out int targetLength, out _)
                    && writer.TryAddName(
                        MessageSection.Answer, owner[..ownerLength], reader.Type, reader.Ttl, target[..targetLength]),
                _ => true,
            };
            if (!copied)
            {
                return false;
            }
        }

        return !reader.IsMalformed;
    }
}
