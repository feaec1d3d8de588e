using System;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Completes a locally made CNAME with what its target has, which the target's own zone is asked for.</summary>
internal sealed class CnameChase : FollowUp
{
    private readonly byte[] _partial;
    private readonly byte[] _name;
    private readonly RecordType _type;

    /// <param name="partial">The local answer that ends in the CNAME.</param>
    /// <param name="name">The question's own name.</param>
    /// <param name="type">A, AAAA or PTR.</param>
    /// <param name="target">Where the CNAME leads.</param>
    /// <param name="targetZone">Who is asked for it.</param>
    public CnameChase(byte[] partial, byte[] name, RecordType type, byte[] target, ZonePlan targetZone)
    {
        _partial = partial;
        _name = name;
        _type = type;
        AskedName = target;
        AskedType = type;
        Route = targetZone;
    }

    public override FollowUpStatus Continue(in ResponseView response, Span<byte> message, out int length)
    {
        ResponseWriter writer = new(message);
        ushort flags = (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable);
        bool written = writer.TryBegin(0, flags, _name, _type, RecordClass.IN)
            && TryCopyAnswers(_partial, WireLimits.HeaderLength + _name.Length + 4, ref writer)
            && TryCopyAnswers(response.Message, response.QuestionEnd, ref writer);
        writer.SetRcode(response.Rcode);
        length = writer.Length;
        return written ? FollowUpStatus.Rewritten : FollowUpStatus.Failed;
    }

    /// <summary>Copies what an address answer consists of: the chain and the addresses.</summary>
    private static bool TryCopyAnswers(ReadOnlySpan<byte> message, int questionEnd, ref ResponseWriter writer)
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
                RecordType.CNAME or RecordType.PTR => DomainName.TryExpand(message, reader.DataOffset, target, out int targetLength, out _)
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
