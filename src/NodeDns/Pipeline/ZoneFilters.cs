using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Metrics;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>A zone's filters in their fixed order: access first, then what is never worth an upstream query.</summary>
/// <remarks>They stand before the cache, so that nobody gets from it what they may not ask (protocol 2.2).</remarks>
internal sealed class ZoneFilters
{
    private readonly AclFilter? _acl;
    private readonly DenyFilter? _deny;
    private readonly NdotsFilter[] _ndots;
    private readonly bool _any;

    private ZoneFilters(ServerBlockConfig block)
    {
        _acl = block.Acls.IsEmpty ? null : AclFilter.Compile(block.Acls);
        _deny = block.Denies.IsEmpty ? null : DenyFilter.Compile(block.Denies);
        _ndots = new NdotsFilter[block.NdotsFilters.Length];
        for (int i = 0; i < _ndots.Length; i++)
        {
            _ndots[i] = NdotsFilter.Compile(block.NdotsFilters[i]);
        }

        _any = block.Any;
    }

    public bool HasAcl => _acl is not null;

    /// <summary>Null for a block without filters, which is the usual case.</summary>
    public static ZoneFilters? Compile(ServerBlockConfig block) =>
        block.Acls.IsEmpty && block.Denies.IsEmpty && block.NdotsFilters.IsEmpty && !block.Any
            ? null
            : new ZoneFilters(block);

    /// <summary>What is to be done with a query; for <see cref="FilterVerdict.Answer"/> the writer holds the answer.</summary>
    /// <param name="by">Which filter decided.</param>
    public FilterVerdict Check(
        in QueryContext query, ref ResponseWriter writer, out ExtendedError error, out Answerer by)
    {
        by = Answerer.Acl;
        error = ExtendedError.None;
        if (_acl is not null)
        {
            FilterVerdict verdict = _acl.Check(query, out error);
            if (verdict != FilterVerdict.Pass)
            {
                AclFilter.TryWrite(query, verdict, ref writer);
                return verdict;
            }
        }

        by = Answerer.Any;
        if (_any && AnyFilter.Check(query) != FilterVerdict.Pass)
        {
            AnyFilter.TryWrite(query, ref writer);
            return FilterVerdict.Answer;
        }

        by = Answerer.Deny;
        if (_deny is not null && _deny.Check(query) != FilterVerdict.Pass)
        {
            error = DenyFilter.Error;
            _deny.TryWrite(query, ref writer);
            return FilterVerdict.Answer;
        }

        by = Answerer.NdotsFilter;
        foreach (NdotsFilter filter in _ndots)
        {
            if (filter.Check(query) != FilterVerdict.Pass)
            {
                error = NdotsFilter.Error;
                filter.TryWrite(query, ref writer);
                return FilterVerdict.Answer;
            }
        }

        return FilterVerdict.Pass;
    }

    /// <summary>Which filter decides about a query, for an operator who asks why; null when all let it pass.</summary>
    public string? NameOfDecider(in QueryContext query, byte[] scratch, out FilterVerdict verdict)
    {
        ResponseWriter writer = new(scratch);
        verdict = Check(query, ref writer, out _, out Answerer by);
        return verdict == FilterVerdict.Pass ? null : LabelValues.Answerers[(int)by];
    }
}
