using System;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>Names with a meaning of their own (RFC 6761 §6.3 and §6.4): localhost and invalid, never asked upstream.</summary>
internal static class SpecialNames
{
    /// <summary>Three hours, as other resolvers give: the address of localhost does not change.</summary>
    public const uint LocalhostTtl = 10_800;

    private static ReadOnlySpan<byte> Localhost => "\u0009localhost\0"u8;

    private static ReadOnlySpan<byte> Invalid => "\u0007invalid\0"u8;

    /// <summary>What the server asks itself through its own sockets to see whether they answer.</summary>
    public static ReadOnlySpan<byte> HealthQuestion => "\u0006health\u0007nodedns\u0007invalid\0"u8;

    public static bool IsHealthQuestion(in QueryContext query) => query.Name.SequenceEqual(HealthQuestion);

    public static FilterVerdict Check(in QueryContext query)
    {
        ReadOnlySpan<byte> name = query.Name;

        // Both end in a label that is easy to tell from any other before the real comparison.
        return query.Class == RecordClass.IN
            && ((name.EndsWith(Localhost) && DomainName.IsSameOrBelow(name, Localhost))
                || (name.EndsWith(Invalid) && DomainName.IsSameOrBelow(name, Invalid)))
            ? FilterVerdict.Answer
            : FilterVerdict.Pass;
    }

    public static bool TryWrite(in QueryContext query, ref ResponseWriter writer)
    {
        if (!DomainName.IsSameOrBelow(query.Name, Localhost))
        {
            return LocalAnswer.TryWriteNegative(query, ref writer, ResponseCode.NameError, Invalid);
        }

        ReadOnlySpan<byte> address = query.Type switch
        {
            RecordType.A => [127, 0, 0, 1],
            RecordType.AAAA => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            _ => [],
        };
        return address.IsEmpty
            ? LocalAnswer.TryWriteNegative(query, ref writer, ResponseCode.NoError, Localhost)
            : LocalAnswer.TryBegin(query, ref writer, ResponseCode.NoError, authoritative: true)
                && writer.TryAddAddress(MessageSection.Answer, query.QuestionName, LocalhostTtl, address);
    }
}
