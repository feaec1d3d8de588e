using NodeDns.Wire;

namespace NodeDns.Metrics;

/// <summary>What of a query is counted.</summary>
internal readonly struct CountedQuery(bool isTcp, bool isIPv6, RecordType type, int length, bool dnssecOk)
{
    public readonly int Proto = isTcp ? 1 : 0;

    public readonly int Family = isIPv6 ? 1 : 0;

    public readonly RecordType Type = type;

    public readonly int Length = length;

    public readonly bool DnssecOk = dnssecOk;
}
