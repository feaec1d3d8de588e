using NodeDns.Cache;
using NodeDns.Upstreams;

namespace NodeDns.Pipeline;

/// <summary>Gets a new question sent: by this very worker, or by the worker whose turn it is.</summary>
/// <remarks>A worker's pipeline has its own forwarder; a TCP client's pipeline leaves the question in an inbox.</remarks>
internal sealed class QuestionStarter(InFlightTable table, Forwarder? own, WorkerInbox[] inboxes)
{
    public void Start(int question)
    {
        if (own is not null)
        {
            own.Start(question);
            return;
        }

        ref PendingQuestion pending = ref table[question];
        inboxes[(int)(pending.NameHash % (ulong)inboxes.Length)].Post(
            new InboxItem(InboxKind.Start, question, pending.Generation, null, 0, false));
    }

    /// <summary>Asks again for what the exchange got from the cache; false when that is on its way already.</summary>
    public bool StartRefresh(in Exchange exchange, in CacheKey key)
    {
        ZonePlan zone = exchange.Zone;
        if (zone.HoldsRefreshes(key.Name, exchange.Context.Now))
        {
            return false;
        }

        QuestionStart start = new(
            ClientTimer: 0, WantsTcp: false, zone.FollowUpOf(exchange.Context), exchange.Options);
        if (!table.TryStartRefresh(key, zone, start, out int question))
        {
            return false;
        }

        Start(question);
        return true;
    }
}
