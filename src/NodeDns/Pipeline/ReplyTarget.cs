using System;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>What a reply needs to know of the query it answers, whether the query is at hand or long gone.</summary>
internal readonly ref struct ReplyTarget
{
    private readonly ReadOnlySpan<byte> _name;
    private readonly ReadOnlySpan<byte> _case;
    private readonly WaiterFlags _flags;

    /// <summary>For a query just parsed: its question name is copied as it was written.</summary>
    public ReplyTarget(in QueryView query, bool isTcp)
    {
        Id = query.Id;
        ReplyLimit = isTcp ? ushort.MaxValue : query.UdpPayloadSize;
        _flags = FlagsOf(query, isTcp);
        _name = query.Name;
    }

    /// <summary>For a client that waited: the spelling comes from the saved case bits.</summary>
    public ReplyTarget(in Waiter waiter, ReadOnlySpan<byte> caseBits)
    {
        Id = waiter.Id;
        ReplyLimit = waiter.ReplyLimit;
        _flags = waiter.Flags;
        _case = caseBits;
    }

    public ushort Id { get; }

    /// <summary>What the client said it takes; at least 512 (E6).</summary>
    public ushort ReplyLimit { get; }

    public WaiterFlags Flags => _flags;

    public bool Has(WaiterFlags any) => (_flags & any) != 0;

    /// <summary>Gives the folded question name at the head of a span the client's spelling again (M9).</summary>
    public void RestoreName(Span<byte> question)
    {
        if (_case.IsEmpty)
        {
            _name.CopyTo(question);
        }
        else if (DomainName.TrySkip(question, 0, out int end))
        {
            NameCase.Restore(question[..end], _case);
        }
    }

    public static WaiterFlags FlagsOf(in QueryView query, bool isTcp)
    {
        WaiterFlags flags = isTcp ? WaiterFlags.Tcp : WaiterFlags.None;
        flags |= query.RecursionDesired ? WaiterFlags.RecursionDesired : 0;
        flags |= query.CheckingDisabled ? WaiterFlags.CheckingDisabled : 0;
        flags |= query.AuthenticData ? WaiterFlags.AuthenticData : 0;
        if (query.HasEdns)
        {
            flags |= WaiterFlags.Edns;
            flags |= query.DnssecOk ? WaiterFlags.DnssecOk : 0;
            flags |= isTcp && query.HasKeepalive ? WaiterFlags.Keepalive : 0;
        }

        return flags;
    }
}
