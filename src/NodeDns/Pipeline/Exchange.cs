using System;
using NodeDns.Filters;

namespace NodeDns.Pipeline;

/// <summary>One query being handled: the question, where its reply goes, and the zone that serves it.</summary>
internal readonly ref struct Exchange
{
    public Exchange(
        in QueryContext context, Span<byte> reply, in ClientContext client, ZoneTable zones, ZonePlan zone,
        PendingRewrite? rewrite)
    {
        Context = context;
        Reply = reply;
        Client = client;
        Zones = zones;
        Zone = zone;
        Rewrite = rewrite;
    }

    /// <summary>The question in force: the client's own, or what a <c>rewrite</c> made of it.</summary>
    public readonly QueryContext Context;

    public readonly Span<byte> Reply;

    public readonly ClientContext Client;

    public readonly ZoneTable Zones;

    public readonly ZonePlan Zone;

    /// <summary>How the reply becomes one to the client's own question; usually null.</summary>
    public readonly PendingRewrite? Rewrite;

    /// <summary>EDNS options that a <c>rewrite edns0</c> sends upstream; usually none.</summary>
    public ReadOnlyMemory<byte> Options => Rewrite?.UpstreamOptions ?? default;
}
