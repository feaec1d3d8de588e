using System;
using System.Runtime.InteropServices;
using NodeDns.Cache;
using NodeDns.Metrics;
using NodeDns.Timing;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>The end of a question: its answer is stored once and written to everyone who waits.</summary>
/// <remarks>
/// One per worker; its buffers hold one answer of the largest size each. The question is out of the table then; its place
/// is freed by the forwarder.
/// </remarks>
internal sealed class AnswerDelivery(
    Clock clock, InFlightTable table, AnswerCache cache, RefreshBackoff backoff, WorkerCounters counters,
    IReplySink sink)
{
    private readonly byte[] _entry = new byte[CacheLimits.MaxEntryBytes];
    private readonly byte[] _message = new byte[WireLimits.MaxMessageLength];

    /// <summary>An upstream answered: keep it, deliver it.</summary>
    public void Answer(int question, in ResponseView response)
    {
        ref PendingQuestion pending = ref table[question];
        RoutePlan route = pending.Route!;
        Span<byte> nameBytes = stackalloc byte[WireLimits.MaxNameLength];
        CacheKey key = pending.CopyKey(nameBytes);
        long now = clock.NowMilliseconds;

        if (KeepsOldAnswer(route.Cache, response) && TryStale(question, key, route, now, onlyPositive: true))
        {
            return;
        }

        CopyOptions options = route.CopyOptions | (WantsDnssec(key) ? CopyOptions.None : CopyOptions.DropDnssec);
        if (!EntryWriter.TryWrite(_entry, key, response, options, isLocal: false, out int length))
        {
            Fail(question, ExtendedError.InvalidData, pending.Upstream);
            return;
        }

        route.ShapeStored(EntryWriter.Message(_entry));
        StoreIfCacheable(key, route, response, length, now);
        backoff.Clear(key.QuestionHash);
        if (response.Shape != AnswerShape.OtherError)
        {
            cache.Failures.Clear(key.QuestionHash);
        }

        CachedAnswer answer = CachedAnswer.From(MemoryMarshal.AsRef<EntryHeader>(_entry.AsSpan()));
        Span<byte> message = EntryWriter.Message(_entry);
        TtlTable.Patch(message, EntryWriter.TtlOffsets(_entry), answer.TtlSeconds);
        ReplyCause cause = new(response.ExtendedError, pending.Upstream, IsPassedOn: true);
        ReplyAll(table.Unlink(question), route, message, answer, cause);
    }

    /// <summary>No upstream answered: stale data if there is any, else SERVFAIL, kept for a few seconds (RFC 9520).</summary>
    public void Fail(int question, ExtendedError error, UpstreamState? culprit)
    {
        ref PendingQuestion pending = ref table[question];
        RoutePlan route = pending.Route!;
        Span<byte> nameBytes = stackalloc byte[WireLimits.MaxNameLength];
        CacheKey key = pending.CopyKey(nameBytes);
        long now = clock.NowMilliseconds;
        if (TryStale(question, key, route, now, onlyPositive: false))
        {
            return;
        }

        ResponseWriter writer = new(_message);
        writer.TryBegin(
            0, (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable), key.Name, key.Type, key.Class);
        writer.SetRcode(ResponseCode.ServerFailure);
        ReadOnlySpan<byte> failure = writer.Message;

        // Only what the upstreams failed at is kept (RFC 9520); a bound of our own may be free again at once.
        if (error is not (ExtendedError.Other or ExtendedError.NotReady)
            && ResponseView.TryParse(failure, key.Name, key.Type, key.Class, out ResponseView response) == ResponseStatus.Ok
            && EntryWriter.TryWrite(_entry, key, response, CopyOptions.None, isLocal: false, out int length))
        {
            MemoryMarshal.AsRef<EntryHeader>(_entry.AsSpan()).UpstreamError = (ushort)error;
            StoreIfCacheable(key, route, response, length, now);
        }

        CachedAnswer answer = default;
        answer.Length = failure.Length;
        answer.Rcode = ResponseCode.ServerFailure;
        answer.Kind = AnswerKind.Failure;
        answer.AdditionalOffset = (ushort)failure.Length;
        answer.UpstreamError = ExtendedError.None;
        answer.Slot = -1;
        ReplyAll(table.Unlink(question), route, failure, answer, new ReplyCause(error, culprit));
    }

    /// <summary>The clients waited long enough: they get stale data while the question goes on (RFC 8767 §5).</summary>
    public void AnswerStaleMeanwhile(int question)
    {
        ref PendingQuestion pending = ref table[question];
        RoutePlan route = pending.Route!;
        Span<byte> nameBytes = stackalloc byte[WireLimits.MaxNameLength];
        CacheKey key = pending.CopyKey(nameBytes);
        long now = clock.NowMilliseconds;
        if (!TryFindStale(key, route.Cache, now, onlyPositive: false, out CachedAnswer answer))
        {
            return;
        }

        backoff.BackOff(key.QuestionHash, now + route.Cache!.RecheckMilliseconds);
        ReplyAll(table.DetachWaiters(question), route, _message.AsSpan(0, answer.Length), answer, ReplyCause.None);
    }

    private static bool WantsDnssec(in CacheKey key) =>
        (key.Flags & CacheKeyFlags.DnssecOk) != 0 || key.Type is RecordType.Any;

    /// <summary>Whether an older answer is better than this one: after failures always, after denials by choice.</summary>
    private static bool KeepsOldAnswer(CachePlan? plan, in ResponseView response) =>
        plan is not null && response.Shape switch
        {
            // RFC 8767 §5: only NOERROR and NXDOMAIN replace what is known, be it stale (S5) or still fresh (P1).
            AnswerShape.OtherError => true,
            AnswerShape.NxDomain or AnswerShape.NoData => plan.PreferPositive,
            _ => false,
        };

    private bool TryStale(int question, in CacheKey key, RoutePlan route, long now, bool onlyPositive)
    {
        if (!TryFindStale(key, route.Cache, now, onlyPositive, out CachedAnswer answer))
        {
            return false;
        }

        backoff.BackOff(key.QuestionHash, now + route.Cache!.RecheckMilliseconds);
        ReplyAll(table.Unlink(question), route, _message.AsSpan(0, answer.Length), answer, ReplyCause.None);
        return true;
    }

    private bool TryFindStale(in CacheKey key, CachePlan? plan, long now, bool onlyPositive, out CachedAnswer answer)
    {
        answer = default;
        return plan is not null
            && cache.TryGet(key, now, plan.TtlPolicy, _message, out answer) != LookupStatus.Miss
            && answer.Kind != AnswerKind.Failure
            && (!onlyPositive || answer.Kind == AnswerKind.Success || !plan.PreferPositive);
    }

    private void StoreIfCacheable(in CacheKey key, RoutePlan route, in ResponseView response, int length, long now)
    {
        if (route.Cache is not { } plan || !plan.Covers(key.Name)
            || !ExpiryPolicy.TryClassify(response, plan, out AnswerKind kind, out EntryFlags flags, out uint ttl)
            || !plan.Stores(kind, key.Name))
        {
            return;
        }

        if (kind == AnswerKind.Failure)
        {
            ttl = cache.Failures.OnFailure(key.QuestionHash, now, plan.LongestFailureMilliseconds);
        }

        long staleWindow = plan.StaleWindowMilliseconds;
        if (response.ExtendedError is ExtendedError.StaleAnswer or ExtendedError.StaleNxDomain)
        {
            staleWindow = RestOfStaleLife(key, plan, now, ttl);
        }

        EntryWriter.SetExpiry(_entry, kind, flags, ttl, now, staleWindow);
        if (!cache.Store(_entry.AsSpan(0, length), key.Type, now))
        {
            counters.Zone(route.Series.Index).Add(ZoneCell.Drops);
        }
    }

    /// <summary>
    /// An answer that was stale when the upstream gave it starts no stale life; what is left of that of the answer it
    /// takes the place of goes on.
    /// </summary>
    private long RestOfStaleLife(in CacheKey key, CachePlan plan, long now, uint ttlSeconds) =>
        cache.TryGet(key, now, plan.TtlPolicy, _message, out CachedAnswer old) != LookupStatus.Miss
            ? Math.Max(0, old.StaleUntil - now - (ttlSeconds * 1000L))
            : 0;

    private void ReplyAll(
        int waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer, in ReplyCause cause)
    {
        while (waiter >= 0)
        {
            sink.Reply(table.Waiter(waiter), route, message, answer, cause);
            waiter = table.FreeWaiter(waiter);
        }
    }
}
