using System;
using NodeDns.Cache;
using NodeDns.Filters;
using NodeDns.Metrics;
using NodeDns.Rewriting;
using NodeDns.Sources;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>The way of a query, from its bytes to its reply: parse, zone, rewrite, filters, cache, sources, forward.</summary>
/// <remarks>
/// One instance per worker thread and one per TCP connection at work; not thread-safe by itself. What it shares (cache,
/// in-flight table) is. <see cref="Process"/> and <see cref="Serve"/> show every stage in order; each stage is one
/// method or one type away.
/// </remarks>
internal sealed class QueryPipeline(PipelineContext shared, QuestionStarter starter, WorkerCounters counters)
{
    private readonly byte[] _entry = new byte[CacheLimits.MaxEntryBytes];
    private readonly byte[] _local = new byte[WireLimits.MaxMessageLength];
    private readonly WorkerCounters _counters = counters;

    public WorkerCounters Counters => _counters;

    /// <summary>Handles one query. The reply's span is as long as the longest reply the transport takes.</summary>
    public QueryOutcome Process(
        ReadOnlySpan<byte> request, Span<byte> reply, in ClientContext client, ZoneTable zones, long now)
    {
        ReplyCount.Message(_counters);
        ParseStatus status = QueryView.TryParse(request, out QueryView query);
        if (status == ParseStatus.Ok && client.IsTcp && query.KeepaliveLength > 0)
        {
            // RFC 7828 §3.2.1: a query's keepalive option is empty (T6).
            status = ParseStatus.FormatErrorWithEdns;
        }

        if (status != ParseStatus.Ok)
        {
            return Reject(status, query, request, reply, client, zones.DroppedSeries);
        }

        Span<byte> folded = stackalloc byte[WireLimits.MaxNameLength];
        folded = folded[..query.Name.Length];
        DomainName.Fold(query.Name, folded);
        ZonePlan? zone = zones.Match(folded, query.LabelCount, query.Type);
        if (zone is null)
        {
            return Rcode(
                query, reply, client, ReplyRules.Default, ResponseCode.Refused, ExtendedError.NotAuthoritative,
                zones.DroppedSeries);
        }

        QueryContext context = new(
            query, folded, query.Type, query.Class, client.Client, client.IsTcp, zone.Name, now);
        if (zone.Rewrites is not null)
        {
            return ServeRewritten(context, reply, client, zones, zone);
        }

        return Serve(new Exchange(context, reply, client, zones, zone, null));
    }

    /// <summary>The stages behind the question: filters, cache, what is known here, and last the upstream.</summary>
    private QueryOutcome Serve(in Exchange exchange)
    {
        ref readonly QueryContext context = ref exchange.Context;
        ZonePlan zone = exchange.Zone;
        if (zone.Filters is { } filters)
        {
            ResponseWriter writer = new(_local);
            FilterVerdict verdict = filters.Check(
                context, ref writer, out ExtendedError error, out Answerer by);
            if (verdict != FilterVerdict.Pass)
            {
                return Filtered(exchange, verdict, error, by, writer.Message);
            }

            if (filters.HasAcl)
            {
                ReplyCount.One(_counters, zone.Series.Index, ZoneCell.AclAllowed);
            }
        }

        CacheKey key = zone.KeyOf(context, exchange.Options.Span, shared.Cache.Seed);
        LookupStatus found = LookupStatus.Miss;
        CachedAnswer answer = default;
        if (zone.CacheRules is { } rules && rules.Covers(context.Name))
        {
            found = shared.Cache.TryGet(key, context.Now, rules.TtlPolicy, exchange.Reply, out answer);
            if (found == LookupStatus.Fresh && answer.Kind == AnswerKind.Failure
                && zone.HasRecoveredSince(answer.StoredAt, context.Now))
            {
                // A failure from before an upstream came back says nothing about now (RFC 9520 §3.2 asks for less).
                found = LookupStatus.Miss;
            }

            if (found == LookupStatus.Fresh)
            {
                RefreshEarly(exchange, key, rules, answer);
                return Hit(exchange, answer);
            }
        }

        if (SpecialNames.Check(context) != FilterVerdict.Pass)
        {
            ResponseWriter writer = new(_local);
            SpecialNames.TryWrite(context, ref writer);
            return SpecialNames.IsHealthQuestion(context)
                ? Unlisted(exchange, writer.Message)
                : FinishLocal(exchange, writer.Message, ExtendedError.None, default, Answerer.Local);
        }

        if (found == LookupStatus.Miss && zone.CacheRules is not null)
        {
            ReplyCount.One(_counters, zone.Series.Index, ZoneCell.Misses);
        }

        if (zone.Sources is { } sources)
        {
            ResponseWriter writer = new(_local);
            SourceVerdict verdict = sources.TryAnswer(context, ref writer, out SourceResult result);
            if (verdict != SourceVerdict.Pass)
            {
                return Local(exchange, key, verdict, result, writer.Message);
            }
        }

        if (zone.Dns64 is { } dns64 && dns64.TryGetPointerTarget(context, out byte[] pointer))
        {
            ResponseWriter writer = new(_local);
            Dns64Synthesis.TryWritePointer(context, pointer, ref writer);
            return Local(
                exchange, key, SourceVerdict.Answered,
                new SourceResult { ChaseTarget = pointer, By = Answerer.Dns64 }, writer.Message);
        }

        if (!context.Query.RecursionDesired)
        {
            // What is not known is not looked up for those who do not want it (M16); nor do they get stale data (S6).
            return Rcode(exchange, ResponseCode.Refused, ExtendedError.NotAuthoritative);
        }

        if (!zone.CanForward(context.Name))
        {
            return Rcode(exchange, zone.RcodeWithoutForward, ExtendedError.NotReady);
        }

        if (zone.Loop is { } loop && IsLooping(loop, context) && found != LookupStatus.Stale)
        {
            return Rcode(exchange, ResponseCode.ServerFailure, ExtendedError.Other, "forwarding loop", "forwarding loop"u8);
        }

        return found == LookupStatus.Stale
            ? Stale(exchange, key, answer)
            : Forward(exchange, key, clientTimer: 0, zone.FollowUpOf(context), stale: default);
    }

    /// <summary>Whether forwarding would only bring the question back; the probe that finds out always goes its way.</summary>
    private static bool IsLooping(LoopGuard loop, in QueryContext context) =>
        !(context.Type == RecordType.HINFO && loop.Sees(context.Name)) && loop.IsLooping;

    /// <summary>A message of the cache, made into this client's reply.</summary>
    private QueryOutcome Hit(in Exchange exchange, in CachedAnswer answer)
    {
        ReplyCount.Hit(_counters, exchange.Zone.Series.Index, answer, exchange.Context.Now);
        return Finish(exchange, answer, ReplyCause.None, Answerer.Cache);
    }

    /// <summary>An expired answer is at hand: give it now, or let the upstream have its chance first.</summary>
    private QueryOutcome Stale(in Exchange exchange, in CacheKey key, in CachedAnswer answer)
    {
        CachePlan rules = exchange.Zone.CacheRules!;
        long now = exchange.Context.Now;
        bool isBackedOff = shared.Backoff.IsBackedOff(key.QuestionHash, now);
        if (rules.StaleMode == StaleMode.Verify && !isBackedOff && !exchange.Zone.AreUpstreamsDown(key.Name))
        {
            ReplyCount.One(_counters, exchange.Zone.Series.Index, ZoneCell.Misses);
            long timer = rules.VerifyMilliseconds == 0 ? 0 : now + rules.VerifyMilliseconds;
            return Forward(exchange, key, timer, exchange.Zone.FollowUpOf(exchange.Context), answer);
        }

        if (!isBackedOff)
        {
            starter.StartRefresh(exchange, key);
        }

        return Hit(exchange, answer);
    }

    /// <summary>Asks for a popular answer again before it expires (P1).</summary>
    private void RefreshEarly(in Exchange exchange, in CacheKey key, CachePlan rules, in CachedAnswer answer)
    {
        if (rules.PrefetchAmount == 0 || shared.Cache.CountHit(key, answer.Slot) < rules.PrefetchAmount)
        {
            return;
        }

        uint threshold = ((answer.TtlSeconds * (uint)rules.PrefetchPercent) + 99) / 100;
        if (answer.RemainingSeconds <= threshold && !shared.Backoff.IsBackedOff(key.QuestionHash, exchange.Context.Now)
            && exchange.Zone.CanForward(key.Name) && starter.StartRefresh(exchange, key))
        {
            ReplyCount.One(_counters, exchange.Zone.Series.Index, ZoneCell.Prefetches);
        }
    }

    /// <summary>Has the question sent, or waits with those who asked it already.</summary>
    private QueryOutcome Forward(
        in Exchange exchange, in CacheKey key, long clientTimer, FollowUp? followUp, in CachedAnswer stale)
    {
        exchange.Zone.Logs?.OnQuery(new RepliedQuery(exchange));
        Waiter waiter = PendingClient.WaiterOf(exchange, shared.Rewrites);
        QuestionStart start = new(clientTimer, exchange.Client.IsTcp, followUp, exchange.Options);
        JoinStatus status = shared.InFlight.Join(key, exchange.Zone, waiter, start, out int question);
        if (status == JoinStatus.Created)
        {
            starter.Start(question);
            return QueryOutcome.Pending;
        }

        if (status == JoinStatus.Joined)
        {
            _counters.Coalesced++;
            return QueryOutcome.Pending;
        }

        shared.Rewrites.Take(waiter.Rewrite);
        _counters.CountRefused(status == JoinStatus.ClientFull, status == JoinStatus.QuestionFull);

        // Whoever has something at hand gives it: the reply's buffer still holds the stale answer.
        return stale.IsStale
            ? Hit(exchange, stale)
            : Rcode(exchange, ResponseCode.ServerFailure, ExtendedError.Other, FullText.Of(status), FullText.BytesOf(status));
    }

    /// <summary>What the filters decided, as a reply.</summary>
    private QueryOutcome Filtered(
        in Exchange exchange, FilterVerdict verdict, ExtendedError error, Answerer by, ReadOnlySpan<byte> message)
    {
        int series = exchange.Zone.Series.Index;
        ReplyCount.One(_counters, series, (by, verdict) switch
        {
            (Answerer.Any, _) => ZoneCell.FilteredAny,
            (Answerer.Deny, _) => ZoneCell.FilteredDeny,
            (Answerer.NdotsFilter, _) => ZoneCell.FilteredNdots,
            (_, FilterVerdict.Drop) => ZoneCell.AclDropped,
            (_, FilterVerdict.Refuse) => ZoneCell.AclBlocked,
            _ => ZoneCell.AclFiltered,
        });
        switch (verdict)
        {
            case FilterVerdict.Drop:
                exchange.Zone.Logs?.OnQuery(new RepliedQuery(exchange));
                ReplyCount.Silence(_counters, series, CountedOf(exchange.Context.Query, exchange.Client));
                return QueryOutcome.Dropped;
            case FilterVerdict.Refuse:
                return Rcode(exchange, ResponseCode.Refused, error, by: by);
            default:
                return FinishLocal(exchange, message, error, default, by);
        }
    }

    /// <summary>An answer made here: kept like an upstream's, since the cache stands above the local sources.</summary>
    private QueryOutcome Local(
        in Exchange exchange, in CacheKey key, SourceVerdict verdict, in SourceResult result, ReadOnlySpan<byte> message)
    {
        if (verdict == SourceVerdict.ServFail)
        {
            return Rcode(exchange, ResponseCode.ServerFailure, ExtendedError.Other, result.Failure, by: result.By);
        }

        RecordType type = exchange.Context.Type;
        if (result.By == Answerer.Template)
        {
            exchange.Zone.Series.CountTemplate(
                exchange.Context.Class == RecordClass.IN, LabelValues.TypeIndex(exchange.Context.Query.Type));
        }

        if (result.ChaseTarget is { } target && exchange.Context.Query.RecursionDesired
            && exchange.Zones.Match(target, DomainName.CountLabels(target), type) is { } targetZone
            && targetZone.CanForward(target))
        {
            CnameChase chase = new(message.ToArray(), key.Name.ToArray(), type, target, targetZone);
            return Forward(exchange, key, clientTimer: 0, chase, stale: default);
        }

        Keep(message, key, exchange.Zone, exchange.Context.Now);
        return FinishLocal(exchange, message, result.Error, result.ErrorText.Span, result.By);
    }

    /// <summary>Stores a local answer. It needs no stale life: it can always be made again.</summary>
    private void Keep(ReadOnlySpan<byte> message, in CacheKey key, ZonePlan zone, long now)
    {
        if (zone.CacheRules is not { } rules || !rules.Covers(key.Name)
            || ResponseView.TryParse(message, key.Name, key.Type, key.Class, out ResponseView response) != ResponseStatus.Ok
            || !ExpiryPolicy.TryClassify(response, rules, out AnswerKind kind, out EntryFlags flags, out uint ttl)
            || !rules.Stores(kind, key.Name)
            || !EntryWriter.TryWrite(_entry, key, response, CopyOptions.None, isLocal: true, out int length))
        {
            return;
        }

        EntryWriter.SetExpiry(_entry, kind, flags, ttl, now, staleWindowMilliseconds: 0);
        shared.Cache.Store(_entry.AsSpan(0, length), key.Type, now);
    }

    private QueryOutcome FinishLocal(
        in Exchange exchange, ReadOnlySpan<byte> message, ExtendedError error, ReadOnlySpan<byte> errorText,
        Answerer by)
    {
        bool isOversized = message.Length > exchange.Reply.Length;
        CachedAnswer answer = new()
        {
            Length = isOversized ? exchange.Context.Query.QuestionEnd : message.Length,
            Rcode = MessageHeader.GetRcode(message),
            Flags = EntryFlags.Local,
            AdditionalOffset = (ushort)message.Length,
            IsOversized = isOversized,
            UpstreamError = ExtendedError.None,
            Slot = -1,
        };
        message[..answer.Length].CopyTo(exchange.Reply);
        return Finish(exchange, answer, new ReplyCause(error, null), by, errorText);
    }

    private QueryOutcome Finish(
        in Exchange exchange, in CachedAnswer answer, in ReplyCause cause, Answerer by,
        ReadOnlySpan<byte> errorText = default)
    {
        ReplyTarget target = new(exchange.Context.Query, exchange.Client.IsTcp);
        int length = exchange.Rewrite is { } rewrite
            ? rewrite.Finish(exchange.Reply, target, answer, cause, exchange.Zone.Reply)
            : ReplyComposer.Finish(exchange.Reply, target, answer, cause, exchange.Zone.Reply, errorText);
        ReplyCount.AtOnce(
            _counters, exchange.Zone.Series.Index, CountedOf(exchange.Context.Query, exchange.Client), answer.Rcode, by,
            exchange.Reply[..length]);
        if (exchange.Zone.Logs is { } logs && logs.Wants(exchange.Reply))
        {
            logs.OnReply(exchange.Reply[..length], new RepliedQuery(exchange), cause);
        }

        return QueryOutcome.Answered(length);
    }

    /// <summary>The answer to the server's own question: neither counted nor logged, for no client asked it.</summary>
    private static QueryOutcome Unlisted(in Exchange exchange, ReadOnlySpan<byte> message)
    {
        message.CopyTo(exchange.Reply);
        MessageHeader.SetId(exchange.Reply, exchange.Context.Query.Id);
        return QueryOutcome.Answered(message.Length);
    }

    private static CountedQuery CountedOf(in QueryView query, in ClientContext client) => new(
        client.IsTcp, client.Client.IsIPv6, query.Type, query.Message.Length, query.DnssecOk);

    private QueryOutcome Rcode(
        in Exchange exchange, ResponseCode rcode, ExtendedError error, string? reason = null,
        ReadOnlySpan<byte> errorText = default, Answerer by = Answerer.None)
    {
        QueryOutcome outcome = Rcode(
            exchange.Context.Query, exchange.Reply, exchange.Client, exchange.Zone.Reply, rcode, error,
            exchange.Zone.Series.Index, errorText, by);
        exchange.Zone.Logs?.OnReply(
            exchange.Reply[..outcome.Length], new RepliedQuery(exchange), new ReplyCause(error, null), reason);
        return outcome;
    }

    /// <summary>A reply that is a response code and the question.</summary>
    private QueryOutcome Rcode(
        in QueryView query, Span<byte> reply, in ClientContext client, ReplyRules rules, ResponseCode rcode,
        ExtendedError error, int series, ReadOnlySpan<byte> errorText = default, Answerer by = Answerer.None)
    {
        ResponseWriter writer = new(reply);
        writer.TryBegin(
            query.Id, (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable), query.Name, query.Type, query.Class);
        writer.SetRcode((ResponseCode)((int)rcode & 0xF));
        CachedAnswer answer = new()
        {
            Length = writer.Length,
            Rcode = rcode,
            AdditionalOffset = (ushort)writer.Length,
            UpstreamError = ExtendedError.None,
            Slot = -1,
        };
        int length = ReplyComposer.Finish(
            reply, new ReplyTarget(query, client.IsTcp), answer, new ReplyCause(error, null), rules, errorText);
        ReplyCount.AtOnce(_counters, series, CountedOf(query, client), rcode, by, reply[..length]);
        return QueryOutcome.Answered(length);
    }

    /// <summary>Queries that are none: silence, or the shortest reply that says why.</summary>
    private QueryOutcome Reject(
        ParseStatus status, in QueryView query, ReadOnlySpan<byte> request, Span<byte> reply, in ClientContext client,
        int series)
    {
        switch (status)
        {
            case ParseStatus.Ignore:
                _counters.Ignored++;
                return QueryOutcome.Dropped;
            case ParseStatus.BadVersion:
                return Rcode(query, reply, client, ReplyRules.Default, ResponseCode.BadVersion, ExtendedError.None, series);
            case ParseStatus.Refused:
                return Rcode(query, reply, client, ReplyRules.Default, ResponseCode.Refused, ExtendedError.NotSupported, series);
            default:
                ResponseCode rcode = status == ParseStatus.NotImplemented
                    ? ResponseCode.NotImplemented
                    : ResponseCode.FormatError;
                int length = ErrorReply.Write(reply, request, rcode);
                if (status == ParseStatus.FormatErrorWithEdns)
                {
                    // RFC 6891 §7: who spoke EDNS, however badly, is answered in EDNS (E8).
                    EdnsWriter.TryAppend(
                        reply, ref length, PipelineLimits.UdpReplyBytes, dnssecOk: false, rcode, ExtendedError.None,
                        extraText: default, keepalive: false, keepaliveTimeout100ms: 0);
                }

                CountedQuery counted = new(
                    client.IsTcp, client.Client.IsIPv6, RecordType.None, request.Length, dnssecOk: false);
                ReplyCount.AtOnce(_counters, series, counted, rcode, Answerer.None, reply[..length]);
                return QueryOutcome.Answered(length);
        }
    }

    private QueryOutcome ServeRewritten(
        in QueryContext context, Span<byte> reply, in ClientContext client, ZoneTable zones, ZonePlan zone)
    {
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        PendingRewrite? rewrite = zone.Rewrites!.TryRewrite(context, name, out QueryContext rewritten);
        if (rewrite is { HasFailed: true })
        {
            return Rcode(
                context.Query, reply, client, zone.Reply, ResponseCode.ServerFailure, ExtendedError.Other,
                zone.Series.Index);
        }

        return Serve(new Exchange(rewrite is null ? context : rewritten, reply, client, zones, zone, rewrite));
    }
}
