using System;
using System.Collections.Immutable;
using NodeDns.Cache;
using NodeDns.Dnstap;
using NodeDns.Filters;
using NodeDns.Rewriting;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>Everything a query needs to know of the zone that serves it; immutable, compiled from one server block.</summary>
internal sealed class ZonePlan : RoutePlan
{
    /// <summary>The zone's name in wire form, folded.</summary>
    public required byte[] Name { get; init; }

    public required string Text { get; init; }

    /// <summary>Separates this zone's entries in the cache from every other zone's (MaginotDNS, protocol 2.1).</summary>
    public required ushort Space { get; init; }

    /// <summary>All zones of the server block, as CoreDNS names its cache; null without one.</summary>
    public string? CacheZones { get; init; }

    public ImmutableArray<string> Directives { get; init; } = [];

    public override CachePlan? Cache => CacheRules;

    public CachePlan? CacheRules { get; init; }

    public override ForwardPlan[] Forwards => Forwarding;

    public ForwardPlan[] Forwarding { get; init; } = [];

    public override CopyOptions CopyOptions => Copying;

    public CopyOptions Copying { get; init; }

    /// <summary>Filters, access rules and rewriting; null when the zone has none, which is the usual case.</summary>
    public ZoneFilters? Filters { get; init; }

    /// <summary>Answers made on this machine; null when the zone has none.</summary>
    public ZoneSources? Sources { get; init; }

    public ReplyRules Reply { get; init; } = ReplyRules.Default;

    /// <summary>Null without <c>log</c> and <c>errors</c>.</summary>
    public ZoneLogs? Logs { get; init; }

    /// <summary>Null without <c>loop</c>.</summary>
    public LoopGuard? Loop { get; init; }

    public override DnstapTap? Tap => Logs?.Tap;

    public override HeaderFlags ShapeQuery(HeaderFlags flags) => Reply.ShapeQuery(flags);

    public override void ShapeStored(Span<byte> message) => Reply.ShapeStored(message);

    /// <summary>Null without <c>rewrite</c> rules.</summary>
    public ZoneRewrites? Rewrites { get; init; }

    /// <summary>Null without a <c>dns64</c> directive.</summary>
    public Dns64Synthesis? Dns64 { get; init; }

    /// <summary>
    /// For names nobody answers: SERVFAIL where something local serves the zone, as CoreDNS does at the end of its
    /// chain, and REFUSED for a zone without any content.
    /// </summary>
    public ResponseCode RcodeWithoutForward =>
        Sources is null && Forwarding.Length == 0 ? ResponseCode.Refused : ResponseCode.ServerFailure;

    /// <summary>What a question's answer is stored and waited for under.</summary>
    /// <param name="options">What a <c>rewrite edns0</c> sends along: the answer may depend on it (RFC 7871 §7.3).</param>
    public CacheKey KeyOf(in QueryContext context, ReadOnlySpan<byte> options, ulong seed)
    {
        CacheKeyFlags flags = context.Query.DnssecOk ? CacheKeyFlags.DnssecOk : CacheKeyFlags.None;
        flags |= context.Query.CheckingDisabled ? CacheKeyFlags.CheckingDisabled : CacheKeyFlags.None;
        bool isTranslated = Dns64 is not null
            && (Dns64.Applies(context) || Dns64.TryGetPointerTarget(context, out _));
        flags |= isTranslated ? CacheKeyFlags.Dns64 : CacheKeyFlags.None;
        if (!options.IsEmpty)
        {
            flags |= CacheKeyFlags.WithOptions;
            seed = DomainName.Hash(options, seed);
        }

        return new CacheKey(context.Name, context.Type, context.Class, flags, Space, seed);
    }

    /// <summary>What is to be done with an upstream's answer before it is one to this question; usually nothing.</summary>
    public FollowUp? FollowUpOf(in QueryContext context) =>
        Dns64 is not null && Dns64.Applies(context) ? new Dns64Answer(Dns64, context.Name.ToArray(), Series)
        : Rewrites?.Cnames is { } cnames && context.Type is RecordType.A or RecordType.AAAA
            ? new CnameDetour(cnames, context.Name.ToArray(), context.Type)
        : null;

    /// <summary>Whether everyone who could be asked for the name is known to be down.</summary>
    public bool AreUpstreamsDown(ReadOnlySpan<byte> foldedName)
    {
        foreach (ForwardPlan forward in Forwarding)
        {
            if (forward.Takes(foldedName) && !forward.AreAllDown)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a refresh of what is known may wait: everyone who could be asked is down, and the probes, not the
    /// questions of thousands of names, will notice that one is back.
    /// </summary>
    public bool HoldsRefreshes(ReadOnlySpan<byte> foldedName, long now)
    {
        foreach (ForwardPlan forward in Forwarding)
        {
            if (forward.Takes(foldedName) && !forward.AreAllGivenUp(now))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether an upstream came back after this moment, or is about to.</summary>
    public bool HasRecoveredSince(long moment, long now)
    {
        foreach (ForwardPlan forward in Forwarding)
        {
            if (forward.HasRecoveredSince(moment, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any <c>forward</c> line takes the name.</summary>
    public bool CanForward(ReadOnlySpan<byte> foldedName)
    {
        foreach (ForwardPlan forward in Forwarding)
        {
            if (forward.Takes(foldedName))
            {
                return true;
            }
        }

        return false;
    }
}
