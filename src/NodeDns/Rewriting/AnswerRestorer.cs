using System;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>Writes an answer anew with the client's question and with the response rules applied to every record.</summary>
/// <remarks>For rewritten questions only, so it may allocate. Names are written in full: their offsets change.</remarks>
internal static class AnswerRestorer
{
    public static bool TryRestore(RewriteState state, ReadOnlySpan<byte> answer, Span<byte> destination, out int length)
    {
        length = 0;
        if (answer.Length < WireLimits.HeaderLength || !TryQuestionEnd(answer, out int questionEnd))
        {
            return false;
        }

        ResponseCode rcode = MessageHeader.GetRcode(answer);
        foreach (ResponseRule rule in state.ResponseRules)
        {
            rcode = rule.OnRcode(rcode);
        }

        ResponseWriter writer = new(destination);
        if (!writer.TryBegin(
            MessageHeader.GetId(answer),
            MessageHeader.GetFlags(answer),
            state.OriginalName,
            state.OriginalType,
            state.OriginalClass))
        {
            return false;
        }

        writer.SetRcode(rcode);
        state.ChaseTarget = null;
        bool restored = TryRecords(state, answer, questionEnd, ref writer);
        length = restored ? writer.Length : 0;
        return restored;
    }

    private static bool TryQuestionEnd(ReadOnlySpan<byte> answer, out int end)
    {
        end = WireLimits.HeaderLength;
        if (MessageHeader.GetQuestionCount(answer) == 0)
        {
            return true;
        }

        bool skipped = DomainName.TrySkip(answer, WireLimits.HeaderLength, out end);
        end += sizeof(ushort) + sizeof(ushort);
        return skipped && end <= answer.Length;
    }

    private static bool TryRecords(
        RewriteState state, ReadOnlySpan<byte> answer, int questionEnd, ref ResponseWriter writer)
    {
        bool chased = HasRewrittenCname(state, answer, questionEnd);
        RecordReader records = new(answer, questionEnd);
        Span<byte> owner = stackalloc byte[WireLimits.MaxNameLength];
        Span<byte> buffer = stackalloc byte[RecordDataShape.MaxExpandedLength];
        while (records.MoveNext())
        {
            // Behind a CNAME that is bent to another target the old target's records have no place.
            if (chased && (state.ChaseTarget is not null || records.Type != RecordType.CNAME))
            {
                continue;
            }

            if (!DomainName.TryExpand(answer, records.NameOffset, owner, out int ownerLength, out _)
                || !RecordDataShape.TryExpand(
                    answer,
                    records.Type,
                    records.DataOffset,
                    records.DataLength,
                    buffer,
                    out ReadOnlySpan<byte> data))
            {
                return false;
            }

            if (!TryWriteRecord(state, records, owner[..ownerLength], data, ref writer))
            {
                return false;
            }
        }

        return !records.IsMalformed;
    }

    private static bool TryWriteRecord(
        RewriteState state,
        scoped in RecordReader record,
        scoped ReadOnlySpan<byte> owner,
        scoped ReadOnlySpan<byte> data,
        ref ResponseWriter writer)
    {
        uint ttl = record.Ttl;
        foreach (ResponseRule rule in state.ResponseRules)
        {
            ttl = rule.OnTtl(ttl);
        }

        if (record.Type == RecordType.OPT)
        {
            return true;
        }

        scoped ReadOnlySpan<byte> newOwner = Rename(state, owner, onValue: false);
        RecordDataShape shape = RecordDataShape.Of(record.Type, data);
        if (shape.Names == 0 || record.Type is RecordType.RRSIG or RecordType.SIG or RecordType.NSEC or RecordType.NXT)
        {
            return writer.TryAddRecord(record.Section, newOwner, record.Type, record.Class, ttl, data);
        }

        return DomainName.TrySkip(data, shape.Prefix, out int nameEnd)
            && TryWriteWithName(state, record, newOwner, ttl, data, shape.Prefix, nameEnd, ref writer);
    }

    // Of several names in one record (SOA) only the first is a host's, as in CoreDNS.
    private static bool TryWriteWithName(
        RewriteState state,
        scoped in RecordReader record,
        scoped ReadOnlySpan<byte> owner,
        uint ttl,
        scoped ReadOnlySpan<byte> data,
        int nameStart,
        int nameEnd,
        ref ResponseWriter writer)
    {
        scoped ReadOnlySpan<byte> name = Rename(state, data[nameStart..nameEnd], onValue: true);
        if (record.Type == RecordType.CNAME && record.Section == MessageSection.Answer
            && NewCnameTarget(state, name) is byte[] target)
        {
            state.ChaseTarget = target;
            name = target;
        }

        byte[] changed = [.. data[..nameStart], .. name, .. data[nameEnd..]];
        return writer.TryAddRecord(record.Section, owner, record.Type, record.Class, ttl, changed);
    }

    // A name that the rules do not touch keeps its bytes, case included; one that they spoil stays as it was.
    private static ReadOnlySpan<byte> Rename(RewriteState state, ReadOnlySpan<byte> name, bool onValue)
    {
        if (!state.HasResponseRules)
        {
            return name;
        }

        string original = Text(name);
        string renamed = original;
        foreach (ResponseRule rule in state.ResponseRules)
        {
            renamed = onValue ? rule.OnValue(renamed) : rule.OnOwner(renamed);
        }

        if (string.Equals(renamed, original, StringComparison.Ordinal) || !WireName.TryParse(renamed, out byte[] wire))
        {
            return name;
        }

        // The owner of what was asked is written as the client wrote it.
        return DomainName.EqualsIgnoreCase(wire, state.OriginalName) ? state.OriginalName : wire;
    }

    private static bool HasRewrittenCname(RewriteState state, ReadOnlySpan<byte> answer, int questionEnd)
    {
        RecordReader records = new(answer, questionEnd);
        Span<byte> target = stackalloc byte[WireLimits.MaxNameLength];
        while (records.MoveNext() && records.Section == MessageSection.Answer)
        {
            if (records.Type == RecordType.CNAME
                && DomainName.TryExpand(answer, records.DataOffset, target, out int length, out _)
                && NewCnameTarget(state, target[..length]) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static byte[]? NewCnameTarget(RewriteState state, ReadOnlySpan<byte> target)
    {
        foreach (ResponseRule rule in state.ResponseRules)
        {
            if (rule.OnCnameTarget(Text(target)) is string changed && WireName.TryParse(changed, out byte[] wire))
            {
                return wire;
            }
        }

        return null;
    }

    private static string Text(ReadOnlySpan<byte> name)
    {
        Span<byte> folded = stackalloc byte[WireLimits.MaxNameLength];
        DomainName.Fold(name, folded);
        return DomainName.ToText(folded[..name.Length]);
    }
}
