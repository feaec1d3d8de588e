using NodeDns.Upstreams;

namespace NodeDns.Pipeline;

/// <summary>Makes the record of a client that has to wait.</summary>
internal static class PendingClient
{
    public static Waiter WaiterOf(in Exchange exchange, PendingRewrites rewrites)
    {
        ReplyTarget target = new(exchange.Context.Query, exchange.Client.IsTcp);
        Waiter waiter = new()
        {
            Client = exchange.Context.Client,
            Local = exchange.Client.Local,
            Via = exchange.Client.Via,
            Id = target.Id,
            ReplyLimit = target.ReplyLimit,
            QueryLength = (ushort)exchange.Context.Query.Message.Length,
            Flags = target.Flags,
            ReceivedAt = exchange.Client.ReceivedAt,
            Series = exchange.Zone.Series.Index,
            Type = exchange.Context.Query.Type,
            Rewrite = exchange.Rewrite is { } rewrite ? rewrites.Add(rewrite) : 0,
        };
        NameCase.Save(exchange.Context.Query.Name, waiter.Case);
        return waiter;
    }
}
