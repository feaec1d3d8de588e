using System;
using System.Collections.Immutable;
using NodeDns.Wire;

namespace NodeDns.Logging;

/// <summary>The log directives of one server block. Immutable; any thread may ask.</summary>
/// <remarks>A worker asks <see cref="Match"/> first and fills an entry only when there is a rule that wants it.</remarks>
internal sealed class QueryLog
{
    private readonly ImmutableArray<QueryLogRule> _rules;
    private readonly LogQueue? _queue;

    private QueryLog() => _rules = [];

    public QueryLog(ImmutableArray<QueryLogRule> rules, LogQueue queue)
    {
        _rules = rules;
        _queue = queue;
        if (IsOn)
        {
            queue.OpenQueryLog();
        }
    }

    /// <summary>A block without log directives.</summary>
    public static QueryLog Off { get; } = new();

    public bool IsOn => !_rules.IsEmpty;

    /// <summary>The rule by which an answer is logged, or null. As in CoreDNS the first rule for the name decides.</summary>
    public QueryLogRule? Match(ReadOnlySpan<byte> foldedName, ResponseCode rcode, bool hasAnswer)
    {
        foreach (QueryLogRule rule in _rules)
        {
            foreach (byte[] zone in rule.Zones)
            {
                if (DomainName.IsSameOrBelow(foldedName, zone))
                {
                    return (rule.Classes & Classify(rcode, hasAnswer)) != 0 ? rule : null;
                }
            }
        }

        return null;
    }

    /// <summary>Queues the line. Never waits: when the writer is behind, the line is dropped and counted.</summary>
    public void Write(QueryLogRule rule, in QueryLogEntry entry) => _queue?.TryWrite(rule.Format, entry);

    public static QueryLogClasses Classify(ResponseCode rcode, bool hasAnswer) => rcode switch
    {
        ResponseCode.NoError => hasAnswer ? QueryLogClasses.Success : QueryLogClasses.Denial,
        ResponseCode.NameError => QueryLogClasses.Denial,
        _ => QueryLogClasses.Error,
    };
}
