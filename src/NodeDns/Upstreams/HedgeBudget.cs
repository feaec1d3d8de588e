namespace NodeDns.Upstreams;

/// <summary>How many hedges one worker may still send: a twentieth of its queries, and a store for a bad moment.</summary>
internal struct HedgeBudget
{
    private const int Full = UpstreamLimits.HedgeStore * UpstreamLimits.QueriesPerHedge;
    private int _spent;

    public void OnQuery()
    {
        if (_spent > 0)
        {
            _spent--;
        }
    }

    public bool TryTake()
    {
        if (_spent + UpstreamLimits.QueriesPerHedge > Full)
        {
            return false;
        }

        _spent += UpstreamLimits.QueriesPerHedge;
        return true;
    }
}
