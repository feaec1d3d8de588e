using System;
using NodeDns.Cache;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Makes a message of the cache into the reply of one client: id, flags, spelling, size, OPT.</summary>
/// <remarks>The one place where replies get their final form, for hits, local answers and waiting clients alike.</remarks>
internal static class ReplyComposer
{
    private const int EdnsBytes = 11;

    /// <summary>Finishes a reply whose message already stands in its buffer; returns its length.</summary>
    public static int Finish(
        Span<byte> reply, in ReplyTarget target, in CachedAnswer answer, in ReplyCause cause, ReplyRules rules,
        ReadOnlySpan<byte> errorText)
    {
        int length = answer.Length;
        MessageHeader.SetId(reply, target.Id);
        MessageHeader.SetFlags(reply, FlagsOf(MessageHeader.GetFlags(reply), target, answer));
        rules.ShapeReply(reply[..length], answer);
        target.RestoreName(reply[WireLimits.HeaderLength..length]);

        ExtendedError error = target.Has(WaiterFlags.Edns) ? ErrorOf(answer, cause) : ExtendedError.None;
        ReadOnlySpan<byte> text = error == cause.Error && cause.Culprit is not null ? cause.Detail : errorText;
        bool keepalive = target.Has(WaiterFlags.Keepalive);
        int edns = target.Has(WaiterFlags.Edns) ? EdnsWriter.Length(error, text.Length, keepalive) : 0;
        int limit = Math.Min(reply.Length, rules.LimitOf(target));

        if (answer.IsOversized || length + edns > limit)
        {
            if (edns > EdnsBytes && length + EdnsBytes <= limit && !answer.IsOversized)
            {
                // RFC 8914 §3: what explains an answer gives way before the answer does, and TC says that something did.
                if (error != ExtendedError.None)
                {
                    MessageHeader.SetFlags(reply, (ushort)(MessageHeader.GetFlags(reply) | (ushort)HeaderFlags.Truncated));
                }

                error = ExtendedError.None;
                text = default;
                keepalive = false;
                edns = EdnsBytes;
            }
            else
            {
                length = Truncate(reply, length, limit - edns, answer);
            }
        }

        if (edns > 0)
        {
            EdnsWriter.TryAppend(
                reply, ref length, rules.UdpLimit, target.Has(WaiterFlags.DnssecOk), answer.Rcode, error, text,
                keepalive, rules.KeepaliveUnits);
        }

        return length;
    }

    private static ushort FlagsOf(ushort stored, in ReplyTarget target, in CachedAnswer answer)
    {
        // Rcodes above 15 live in the OPT; a client without one cannot be told (RFC 6891 §6.1.3).
        if ((int)answer.Rcode > 15 && !target.Has(WaiterFlags.Edns))
        {
            stored = (ushort)((stored & 0xFFF0) | (int)ResponseCode.ServerFailure);
        }

        HeaderFlags flags = HeaderFlags.Response;
        if (target.Has(WaiterFlags.RecursionDesired))
        {
            flags |= HeaderFlags.RecursionDesired;
        }

        if (target.Has(WaiterFlags.CheckingDisabled))
        {
            flags |= HeaderFlags.CheckingDisabled;
        }

        // RFC 6840 §5.7, §5.8: AD for those who understand it.
        if ((answer.Flags & EntryFlags.AuthenticData) != 0 && !answer.IsStale
            && target.Has(WaiterFlags.AuthenticData | WaiterFlags.DnssecOk))
        {
            flags |= HeaderFlags.AuthenticData;
        }

        return (ushort)(stored | (ushort)flags);
    }

    /// <summary>Which extended error a reply carries (RFC 8914; protocol 1.5).</summary>
    private static ExtendedError ErrorOf(in CachedAnswer answer, in ReplyCause cause)
    {
        if (answer.IsStale)
        {
            return answer.Rcode == ResponseCode.NameError ? ExtendedError.StaleNxDomain : ExtendedError.StaleAnswer;
        }

        if (cause.Error != ExtendedError.None)
        {
            return cause.Error;
        }

        return answer.Kind == AnswerKind.Failure && answer.Slot >= 0 ? ExtendedError.CachedError : answer.UpstreamError;
    }

    /// <summary>The additional section goes first, and silently (RFC 2181 §9); then only the question stays, with TC.</summary>
    private static int Truncate(Span<byte> reply, int length, int limit, in CachedAnswer answer)
    {
        if (!answer.IsOversized && answer.AdditionalOffset <= limit && answer.AdditionalOffset < length)
        {
            MessageHeader.SetAdditionalCount(reply, 0);
            return answer.AdditionalOffset;
        }

        return Truncation.ToQuestion(reply, length);
    }
}
