using System;

namespace NodeDns.Wire;

/// <summary>
/// Follows the CNAMEs of an answer section from the asked name and says whether they end in what was asked.
/// </summary>
/// <remarks>
/// Records are taken in any order. Bounded three ways: <see cref="WireLimits.MaxAliases"/> steps, one pass over the
/// section each, and <see cref="WireLimits.MaxNameWork"/> bytes of names compared. The usual owner, a pointer to where
/// the current name already stands, costs no comparing at all. DNAMEs are not followed: a server sends the CNAME that
/// follows from one along with it (RFC 6672 §3.1).
/// </remarks>
internal ref struct AliasChain
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _questionEnd;
    private readonly RecordType _askedType;
    private readonly RecordClass _askedClass;
    private int _workLeft = WireLimits.MaxNameWork;

    /// <summary>
    /// Offset at which the current name stands, and the last other one found to be equal or different.
    /// </summary>
    private int _standsAt;
    private int _alsoAt;
    private int _notAt;

    public AliasChain(ReadOnlySpan<byte> message, int questionEnd, RecordType askedType, RecordClass askedClass)
    {
        _message = message;
        _questionEnd = questionEnd;
        _askedType = askedType;
        _askedClass = askedClass;
    }

    /// <summary>False when a name on the way cannot be read, or when it all took too much work.</summary>
    public bool TryFollow(ReadOnlySpan<byte> askedName, out AnswerShape shape)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        Span<int> owners = stackalloc int[WireLimits.MaxAliases];
        shape = AnswerShape.CnameOnly;
        askedName.CopyTo(name);
        int length = askedName.Length;
        StandAt(WireLimits.HeaderLength);
        for (int step = 0; step < WireLimits.MaxAliases; step++)
        {
            owners[step] = _standsAt;
            if (!TryScan(name[..length], out bool isFound, out int target))
            {
                return false;
            }

            if (isFound)
            {
                shape = AnswerShape.Positive;
                return true;
            }

            if (target < 0)
            {
                return true;
            }

            if (!DomainName.TryExpand(_message, target, name, out length, out _))
            {
                return false;
            }

            if (IsAmong(owners[..(step + 1)], name[..length]))
            {
                return true;
            }

            StandAt(Resolve(target));
        }

        return true;
    }

    /// <summary>
    /// Looks for the asked type at a name, and for the alias there; -1 without one or with two that disagree.
    /// </summary>
    private bool TryScan(scoped ReadOnlySpan<byte> name, out bool isFound, out int target)
    {
        isFound = false;
        target = -1;
        bool hasTwoTargets = false;
        RecordReader reader = new(_message, _questionEnd);
        while (reader.MoveNext() && reader.Section == MessageSection.Answer)
        {
            bool isAsked = reader.Type == _askedType || _askedType == RecordType.Any;
            if ((!isAsked && reader.Type != RecordType.CNAME) || !IsAskedClass(reader.Class))
            {
                continue;
            }

            if (!TryCompareOwner(reader.NameOffset, name, out bool isOwner))
            {
                return false;
            }

            if (!isOwner)
            {
                continue;
            }

            if (isAsked)
            {
                isFound = true;
                return true;
            }

            if (!IsWholeName(reader) || _workLeft < 0)
            {
                return false;
            }

            hasTwoTargets |= target >= 0 && !IsSameName(target, reader.DataOffset);
            target = target < 0 ? reader.DataOffset : target;
        }

        target = hasTwoTargets ? -1 : target;
        return true;
    }

    private bool TryCompareOwner(int offset, scoped ReadOnlySpan<byte> name, out bool isOwner)
    {
        int at = Resolve(offset);
        isOwner = at == _standsAt || at == _alsoAt;
        if (isOwner || at == _notAt)
        {
            return true;
        }

        isOwner = DomainName.EqualsIgnoreCase(_message, at, name);
        _alsoAt = isOwner ? at : _alsoAt;
        _notAt = isOwner ? _notAt : at;
        _workLeft -= name.Length;
        return _workLeft >= 0;
    }

    /// <summary>Where a name's first label stands, once the pointers in front of it are followed.</summary>
    private int Resolve(int offset)
    {
        for (int jumps = 0; jumps < WireLimits.MaxPointerJumps; jumps++)
        {
            if (_message[offset] <= WireLimits.MaxLabelLength
                || !DomainName.TryReadPointer(_message, offset, offset, out int target))
            {
                break;
            }

            _workLeft--;
            offset = target;
        }

        return offset;
    }

    private void StandAt(int offset)
    {
        _standsAt = offset;
        _alsoAt = _notAt = -1;
    }

    private readonly bool IsAskedClass(RecordClass @class) => @class == _askedClass || _askedClass == RecordClass.Any;

    private readonly bool IsWholeName(in RecordReader reader) =>
        DomainName.TrySkip(_message, reader.DataOffset, out int end) && end == reader.End;

    /// <summary>Two aliases of one name are one when their targets are.</summary>
    private bool IsSameName(int first, int second)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        _workLeft -= WireLimits.MaxNameLength;
        return DomainName.TryExpand(_message, first, name, out int length, out _)
            && DomainName.EqualsIgnoreCase(_message, second, name[..length]);
    }

    /// <summary>True when the chain has been at this name before.</summary>
    private readonly bool IsAmong(scoped ReadOnlySpan<int> owners, scoped ReadOnlySpan<byte> name)
    {
        foreach (int owner in owners)
        {
            if (DomainName.EqualsIgnoreCase(_message, owner, name))
            {
                return true;
            }
        }

        return false;
    }
}
