using System.Collections.Generic;
using System.Threading;

namespace NodeDns.Upstreams.Streams;

/// <summary>The queries that one connection has sent and not seen answered, by the ids they carry on it.</summary>
internal sealed class WaitingQueries
{
    private readonly Dictionary<ushort, (StreamQuery Query, long SentAt)> _queries = [];
    private readonly RandomPool _random = new();
    private readonly Lock _gate = new();

    /// <summary>Gives a query its id. RFC 7766 §6.2.1: an id in flight is not used twice on a connection.</summary>
    public ushort Add(in StreamQuery query, long now)
    {
        lock (_gate)
        {
            ushort id;
            do
            {
                // Ends soon: a connection carries far fewer queries in its whole life than there are ids.
                id = _random.NextUInt16();
            }
            while (!_queries.TryAdd(id, (query, now)));
            return id;
        }
    }

    public bool TryTake(ushort id, out StreamQuery query)
    {
        lock (_gate)
        {
            bool isKnown = _queries.Remove(id, out (StreamQuery Query, long SentAt) found);
            query = found.Query;
            return isKnown;
        }
    }

    /// <summary>Takes out those sent before a moment, or all.</summary>
    public List<StreamQuery> TakeSentBefore(long moment)
    {
        List<StreamQuery> taken = [];
        lock (_gate)
        {
            foreach ((ushort id, (StreamQuery query, long sentAt)) in _queries)
            {
                if (sentAt < moment)
                {
                    taken.Add(query);
                    _queries.Remove(id);
                }
            }
        }

        return taken;
    }
}
