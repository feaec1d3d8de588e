using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using NodeDns.Config;
using NodeDns.Dnstap;
using NodeDns.Filters;
using NodeDns.Logging;
using NodeDns.Templates;
using NodeDns.Timing;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>A zone's <c>log</c>, <c>errors</c> and <c>dnstap</c>; looks at replies on their way out.</summary>
/// <remarks>Null for a zone without any, so that replies that nobody logs cost one comparison.</remarks>
internal sealed class ZoneLogs : IDisposable
{
    private readonly QueryLog _queries;
    private readonly ErrorLog? _errors;

    private ZoneLogs(QueryLog queries, ErrorLog? errors, DnstapTap? tap)
    {
        _queries = queries;
        _errors = errors;
        Tap = tap;
    }

    /// <summary>Null without <c>dnstap</c>.</summary>
    public DnstapTap? Tap { get; }

    public static ZoneLogs? Compile(ServerBlockConfig block, LogQueue queue, Clock clock, DnstapTap? tap)
    {
        if (block.Logs.IsEmpty && block.Errors is null && tap is null)
        {
            return null;
        }

        QueryLog queries = block.Logs.IsEmpty
            ? QueryLog.Off
            : new QueryLog([.. block.Logs.Select(ToRule)], queue);
        ErrorLog? errorLog = block.Errors is { } errors ? new ErrorLog(RulesOf(errors), queue.Log, clock, queue.Recent) : null;
        return new ZoneLogs(queries, errorLog, tap);
    }

    /// <summary>Whether a reply may be worth a line; asked first, so that with <c>errors</c> alone a hit costs one look.</summary>
    public bool Wants(ReadOnlySpan<byte> reply) =>
        _queries.IsOn || Tap is not null || MessageHeader.GetRcode(reply) == ResponseCode.ServerFailure;

    /// <summary>A query that gets no reply, or not yet.</summary>
    public void OnQuery(in RepliedQuery query) =>
        Tap?.ClientQuery(query.Client, query.Local, query.IsTcp, query.Message, query.DurationMicroseconds);

    /// <summary>Logs a finished reply if a rule wants it.</summary>
    public void OnReply(ReadOnlySpan<byte> reply, in RepliedQuery query, in ReplyCause cause, string? reason = null)
    {
        if (Tap is { } tap)
        {
            // Of a client that had to wait the query was told when it came.
            if (!query.Message.IsEmpty)
            {
                OnQuery(query);
            }

            tap.ClientResponse(query.Client, query.Local, query.IsTcp, reply, query.DurationMicroseconds);
        }

        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        if (!DomainName.TryExpand(reply, WireLimits.HeaderLength, name, out int length, out int end)
            || end + 4 > reply.Length)
        {
            return;
        }

        name = name[..length];
        DomainName.Fold(name, name);
        ResponseCode rcode = MessageHeader.GetRcode(reply);
        RecordType type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(reply[end..]);
        if (rcode == ResponseCode.ServerFailure)
        {
            _errors?.Record(rcode, name, type, reason ?? ReasonOf(cause));
        }

        if (_queries.IsOn
            && _queries.Match(name, rcode, MessageHeader.GetAnswerCount(reply) > 0) is { } rule)
        {
            QueryLogEntry entry = new()
            {
                Client = query.Client,
                Server = query.Local,
                DurationNanoseconds = query.DurationMicroseconds * 1_000,
                RequestSize = query.Length,
                ResponseSize = reply.Length,
                Id = MessageHeader.GetId(reply),
                Type = type,
                Class = (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(reply[(end + 2)..]),
                Rcode = rcode,
                ResponseFlags = (HeaderFlags)(MessageHeader.GetFlags(reply) & 0x87F0),
                UdpPayloadSize = query.UdpPayloadSize,
                DnssecOk = query.DnssecOk,
                IsTcp = query.IsTcp,
            };
            entry.SetName(name);
            _queries.Write(rule, entry);
        }
    }

    public void Dispose() => _errors?.Dispose();

    private static string ReasonOf(in ReplyCause cause) => cause.Error switch
    {
        _ when cause.IsPassedOn => cause.Culprit!.SaysSoText,
        ExtendedError.NoReachableAuthority => cause.Culprit?.TimeoutText ?? "no upstream answered",
        ExtendedError.NetworkError => cause.Culprit?.NetworkErrorText ?? "no upstream could be reached",
        ExtendedError.InvalidData => cause.Culprit?.InvalidText ?? "the answer cannot be read",
        ExtendedError.NotReady => "no forward takes the name, or its upstreams are not resolved yet",
        ExtendedError.Other => "a bound of forwarding is reached, such as max_concurrent",
        ExtendedError.None => "the upstream says so",
        _ => "no answer could be made",
    };

    private static QueryLogRule ToRule(LogConfig config) => new(
        [.. config.Zones.Select(WireName.Of)], new QueryLogFormat(config.Format), (QueryLogClasses)config.Classes);

    private static Regex CompiledPattern(string pattern) => GoRegex.TryCompile(pattern, out GoRegex? regex, out string error)
        ? regex.Expression
        : throw new InvalidOperationException(error);

    private static ImmutableArray<ErrorRule> RulesOf(ErrorsConfig config) =>
    [
        .. config.Consolidate.Select(rule => new ErrorRule(
            CompiledPattern(rule.Pattern),
            rule.Pattern,
            rule.Period,
            rule.Level switch
            {
                ErrorsLevel.Error => LogLevel.Error,
                ErrorsLevel.Warning => LogLevel.Warning,
                ErrorsLevel.Info => LogLevel.Info,
                _ => null,
            },
            rule.ShowFirst)),
    ];
}
