using System;
using NodeDns.Rewriting;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>An answer whose alias a <c>rewrite cname</c> rule sends elsewhere: the new target is asked for instead.</summary>
internal sealed class CnameDetour(CnameRules rules, byte[] name, RecordType type) : FollowUp
{
    private byte[]? _partial;

    public override FollowUpStatus Continue(in ResponseView response, Span<byte> message, out int length)
    {
        length = 0;
        ResponseWriter writer = new(message);
        ushort flags = (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable);
        if (!writer.TryBegin(0, flags, name, type, RecordClass.IN))
        {
            return FollowUpStatus.Failed;
        }

        if (_partial is null)
        {
            if (!TryBend(response, ref writer, out byte[] target))
            {
                return FollowUpStatus.Pass;
            }

            _partial = writer.Message.ToArray();
            AskedName = target;
            return FollowUpStatus.AskNext;
        }

        bool written = AnswerCopy.TryCopy(_partial, WireLimits.HeaderLength + name.Length + 4, ref writer)
            && AnswerCopy.TryCopy(response.Message, response.QuestionEnd, ref writer);
        writer.SetRcode(response.Rcode);
        length = writer.Length;
        return written ? FollowUpStatus.Rewritten : FollowUpStatus.Failed;
    }

    /// <summary>Writes the chain up to the first alias that a rule takes, with its new target; false when none does.</summary>
    private bool TryBend(in ResponseView response, scoped ref ResponseWriter writer, out byte[] target)
    {
        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        Span<byte> old = stackalloc byte[WireLimits.MaxNameLength];
        RecordReader reader = new(response.Message, response.QuestionEnd);
        while (reader.MoveNext() && reader.Section == MessageSection.Answer)
        {
            if (reader.Type != RecordType.CNAME)
            {
                continue;
            }

            if (!DomainName.TryExpand(response.Message, reader.NameOffset, owner, out int ownerLength, out _)
                || !DomainName.TryExpand(response.Message, reader.DataOffset, old, out int oldLength, out _))
            {
                break;
            }

            byte[]? bent = rules.NewTarget(old[..oldLength]);
            writer.TryAddName(
                MessageSection.Answer, owner[..ownerLength], RecordType.CNAME, reader.Ttl, bent ?? old[..oldLength]);
            if (bent is not null)
            {
                target = bent;
                return true;
            }
        }

        target = [];
        return false;
    }
}
