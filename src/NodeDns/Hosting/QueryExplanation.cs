using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using NodeDns.Cache;
using NodeDns.Filters;
using NodeDns.Linux.Sockets;
using NodeDns.Linux.Syscalls;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Pipeline;
using NodeDns.Sources.Records;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>One query of <c>nodedns query</c>: its answer, and how it came about.</summary>
/// <remarks>
/// The stages are looked at beside the query, in the order of <see cref="QueryPipeline"/>, which itself knows nothing of being
/// watched. Between the look and the query an entry may expire; then the two differ, and both are what was seen.
/// </remarks>
internal sealed class QueryExplanation(PipelineContext shared, ExplainedQueries queries)
{
    private readonly List<(string What, string Text)> _story = [];
    private readonly byte[] _scratch = new byte[WireLimits.MaxMessageLength];
    private bool _isDecided;
    private bool _isStale;

    /// <summary>Asks and tells; the answer's lines first, then the story.</summary>
    public async Task<List<string>> Ask(
        IReadOnlyDictionary<IPEndPoint, ZoneTable> listeners, byte[] name, RecordType type)
    {
        byte[] folded = new byte[name.Length];
        DomainName.Fold(name, folded);
        (IPEndPoint? endPoint, ZoneTable? zones) = Choose(listeners, folded, type);
        if (zones is null)
        {
            return [ControlServer.ErrorPrefix + "this server listens nowhere"];
        }

        byte[] query = QueryOf(name, type);
        PeerAddress client = PeerAddress.From(IPAddress.Loopback, 0);
        Tell("listener", endPoint!.ToString());
        Foresee(query, zones, folded, client);
        byte[]? reply = await Exchange(query, zones, client, isTcp: false);
        if (reply is { Length: > 0 } && (MessageHeader.GetFlags(reply) & (ushort)HeaderFlags.Truncated) != 0)
        {
            Tell("truncated", $"over UDP the reply ends at {reply.Length} bytes with TC; this is the one over TCP");
            reply = await Exchange(query, zones, client, isTcp: true);
        }

        if (reply is null)
        {
            return [ControlServer.ErrorPrefix + $"no reply within {ControlLimits.QueryTime.TotalSeconds:0} s"];
        }

        return
        [
            .. reply.Length == 0 ? [";; no reply: the query was dropped"] : MessageText.Lines(reply),
            "",
            "how it came about",
            .. _story.Select(part => $"  {part.What,-10} {part.Text}"),
        ];
    }

    /// <summary>The listener whose zones serve the name best; the first of equals.</summary>
    private static (IPEndPoint? EndPoint, ZoneTable? Zones) Choose(
        IReadOnlyDictionary<IPEndPoint, ZoneTable> listeners, byte[] folded, RecordType type) =>
        listeners
            .OrderByDescending(one => one.Value.Match(folded, DomainName.CountLabels(folded), type)?.Name.Length ?? 0)
            .ThenBy(one => one.Key.ToString(), StringComparer.Ordinal)
            .Select(one => ((IPEndPoint?)one.Key, (ZoneTable?)one.Value))
            .FirstOrDefault();

    private static byte[] QueryOf(byte[] name, RecordType type)
    {
        byte[] query = new byte[WireLimits.HeaderLength + WireLimits.MaxNameLength + 64];
        QueryWriter.TryWrite(
            query, (ushort)KernelRandom.NextUInt64(), HeaderFlags.RecursionDesired | HeaderFlags.AuthenticData, name,
            type, RecordClass.IN, edns: true, dnssecOk: false, PipelineLimits.UdpReplyBytes, out int length);
        return query[..length];
    }

    private void Tell(string what, string text) => _story.Add((what, text));

    /// <summary>Walks the stages that need no upstream.</summary>
    private void Foresee(byte[] message, ZoneTable zones, byte[] folded, in PeerAddress client)
    {
        QueryView.TryParse(message, out QueryView query);
        if (zones.Match(folded, query.LabelCount, query.Type) is not { } zone)
        {
            Tell("zone", "none of this listener's zones has the name: REFUSED");
            _isDecided = true;
            return;
        }

        Tell("zone", zone.Text);
        QueryContext context = new(
            query, folded, query.Type, query.Class, client, isTcp: true, zone.Name, shared.Clock.NowMilliseconds);
        Span<byte> rewrittenName = stackalloc byte[WireLimits.MaxNameLength];
        if (zone.Rewrites?.TryRewrite(context, rewrittenName, out QueryContext rewritten) is { } rewrite)
        {
            Tell("rewrite", rewrite.HasFailed
                ? "a rule failed: SERVFAIL"
                : $"the question became {DomainName.ToText(rewritten.Name)} {ProtocolText.Of(rewritten.Type)}");
            _isDecided = rewrite.HasFailed;
            if (!_isDecided)
            {
                ForeseeStages(rewritten, zone, rewrite.UpstreamOptions.Span);
            }

            return;
        }

        ForeseeStages(context, zone, options: default);
    }

    private void ForeseeStages(in QueryContext context, ZonePlan zone, ReadOnlySpan<byte> options)
    {
        if (zone.Filters is { } filters)
        {
            string? by = filters.NameOfDecider(context, _scratch, out FilterVerdict verdict);
            Tell("filter", by is null ? "passed" : $"{by}: {VerdictText(verdict)}");
            if (by is not null)
            {
                _isDecided = true;
                return;
            }
        }

        ForeseeCache(context, zone, options);
        if (_isDecided)
        {
            return;
        }

        if (SpecialNames.Check(context) != FilterVerdict.Pass)
        {
            Tell("made here", "localhost and invalid are answered without asking anyone (RFC 6761)");
            _isDecided = true;
        }
        else if (zone.Sources?.NameOfSource(context, _scratch) is { } source)
        {
            Tell("made here", $"by {source}");
            _isDecided = true;
        }
        else if (!zone.CanForward(context.Name))
        {
            Tell("forward", "no forward line takes the name");
            _isDecided = true;
        }
    }

    private void ForeseeCache(in QueryContext context, ZonePlan zone, ReadOnlySpan<byte> options)
    {
        if (zone.CacheRules is not { } rules || !rules.Covers(context.Name))
        {
            Tell("cache", "off for this name");
            return;
        }

        CacheKey key = zone.KeyOf(context, options, shared.Cache.Seed);
        LookupStatus found = shared.Cache.TryGet(key, context.Now, rules.TtlPolicy, _scratch, out CachedAnswer answer);
        if (found == LookupStatus.Miss)
        {
            Tell("cache", "miss");
            return;
        }

        long age = (context.Now - answer.StoredAt) / 1000;
        string kind = answer.Kind switch
        {
            AnswerKind.Success => "an answer",
            AnswerKind.Denial => "a denial",
            _ => "a failure",
        };
        string origin = (answer.Flags & EntryFlags.Local) != 0 ? ", made here" : "";
        string life = found == LookupStatus.Fresh
            ? $"{answer.RemainingSeconds} s left"
            : $"stale since {age - answer.TtlSeconds} s";
        Tell("cache", $"{kind}{origin}, stored {age} s ago with TTL {answer.TtlSeconds} s, {life}");
        _isDecided = found == LookupStatus.Fresh;
        _isStale = found == LookupStatus.Stale;
    }

    /// <summary>The reply, empty when the query was dropped; null when none came in time.</summary>
    private async Task<byte[]?> Exchange(byte[] query, ZoneTable zones, PeerAddress client, bool isTcp)
    {
        long began = Stopwatch.GetTimestamp();
        Task<ExplainedReply>? waiting = queries.Begin(query, zones, client, isTcp, out byte[] reply, out WorkerCounters counters);
        ExplainedReply? late = null;
        try
        {
            late = waiting is null ? null : await waiting;
        }
        catch (TimeoutException)
        {
            return null;
        }

        TellOutcome(late, counters, Stopwatch.GetElapsedTime(began));
        return late?.Message ?? reply;
    }

    private void TellOutcome(ExplainedReply? late, WorkerCounters counters, TimeSpan took)
    {
        if (late is not null)
        {
            if (counters.Coalesced > 0)
            {
                Tell("coalesced", "the same question was on its way already: this one waited with it");
            }

            if (late.Culprit is { } upstream)
            {
                Tell("upstream", $"{upstream.Text}, {UpstreamsText.StatusOf(upstream)}, {UpstreamsText.RttOf(upstream)} as a rule");
            }

            if (late.Answer.IsStale)
            {
                Tell("stale", "no fresh answer came in time, so an expired one was given (RFC 8767)");
            }
            else if (late.Answer.Rcode == ResponseCode.ServerFailure)
            {
                Tell("failed", "no upstream gave an answer of use; the extended error says why");
            }
        }
        else if (_isStale)
        {
            Tell("stale", "given at once, refreshed behind it");
        }

        Tell("took", string.Create(CultureInfo.InvariantCulture, $"{took.TotalMilliseconds:0.00} ms"));
    }

    private static string VerdictText(FilterVerdict verdict) => verdict switch
    {
        FilterVerdict.Drop => "dropped, no reply",
        FilterVerdict.Refuse => "REFUSED",
        _ => "answered by it",
    };
}
