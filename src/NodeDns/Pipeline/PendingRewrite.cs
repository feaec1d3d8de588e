using System;
using System.Buffers;
using NodeDns.Cache;
using NodeDns.Rewriting;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>A question that was rewritten on its way in; turns the answer into one to the client's own question.</summary>
internal sealed class PendingRewrite(RewriteState state)
{
    public ReadOnlyMemory<byte> UpstreamOptions => state.UpstreamOptions;

    public bool HasFailed => state.HasFailed;

    /// <summary>Restores and finishes a reply whose message, to the rewritten question, stands in its buffer.</summary>
    public int Finish(Span<byte> reply, in ReplyTarget target, CachedAnswer answer, in ReplyCause cause, ReplyRules rules)
    {
        byte[] restored = ArrayPool<byte>.Shared.Rent(WireLimits.MaxMessageLength);
        if (!answer.IsOversized
            && RewriteRules.TryRestore(state, reply[..answer.Length], restored, out int length)
            && length <= reply.Length)
        {
            restored.AsSpan(0, length).CopyTo(reply);
            answer.Length = length;
            answer.Rcode = MessageHeader.GetRcode(reply);
            answer.AdditionalOffset = (ushort)AdditionalOffset(reply[..length]);
        }
        else
        {
            WriteQuestion(reply, ref answer);
        }

        ArrayPool<byte>.Shared.Return(restored);
        return ReplyComposer.Finish(reply, target, answer, cause, rules, default);
    }

    private static int AdditionalOffset(ReadOnlySpan<byte> message)
    {
        RecordReader reader = new(message, QuestionEnd(message));
        while (reader.MoveNext())
        {
            if (reader.Section == MessageSection.Additional)
            {
                return reader.NameOffset;
            }
        }

        return message.Length;
    }

    private static int QuestionEnd(ReadOnlySpan<byte> message) =>
        DomainName.TrySkip(message, WireLimits.HeaderLength, out int end) ? end + 4 : message.Length;

    /// <summary>What does not fit, or cannot be put back, leaves the client's question with TC or SERVFAIL.</summary>
    private void WriteQuestion(Span<byte> reply, ref CachedAnswer answer)
    {
        ResponseWriter writer = new(reply);
        writer.TryBegin(
            0, (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable), state.OriginalName, state.OriginalType,
            state.OriginalClass);
        answer.Rcode = answer.IsOversized ? answer.Rcode : ResponseCode.ServerFailure;
        writer.SetRcode((ResponseCode)((int)answer.Rcode & 0xF));
        answer.Length = writer.Length;
        answer.AdditionalOffset = (ushort)writer.Length;
    }
}
