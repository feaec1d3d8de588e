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
            && AnswerCopy.TryCopy(_partial, WireLimits.HeaderLength + _name.Length + 4, ref writer)
            && AnswerCopy.TryCopy(response.Message, response.QuestionEnd, ref writer);
        writer.SetRcode(response.Rcode);
        length = writer.Length;
        return written ? FollowUpStatus.Rewritten : FollowUpStatus.Failed;
    }
}
