using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Cache;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Logging;
using NodeDns.Rewriting;
using NodeDns.Upstreams;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>A zone's rules for the replies themselves: size, order of addresses, header bits.</summary>
internal sealed class ReplyRules
{
    private readonly HeaderRules? _headers;
    private readonly LoadBalanceShaper? _balance;

    private ReplyRules(HeaderRules? headers, LoadBalanceShaper? balance)
    {
        _headers = headers;
        _balance = balance;
    }

    public static ReplyRules Default { get; } = new(null, null);

    /// <summary>Longest UDP reply, also told to clients in our OPT.</summary>
    public ushort UdpLimit { get; private init; } = PipelineLimits.UdpReplyBytes;

    /// <summary>How long an idle TCP connection is kept, in RFC 7828's unit.</summary>
    public ushort KeepaliveUnits { get; private init; } =
        PipelineLimits.IdleMilliseconds / PipelineLimits.KeepaliveUnitMilliseconds;

    /// <summary>The weights' file, for whoever has it looked at from time to time.</summary>
    public LoadBalanceShaper? Balance => _balance;

    public static ReplyRules Compile(ServerBlockConfig block, Log log, long now)
    {
        List<ConfigError> errors = [];
        LoadBalanceShaper? balance = block.LoadBalance is { } config
            ? LoadBalanceShaper.Compile(config, block.Location, log, now, errors)
            : null;
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join('\n', errors.Select(error => error.ToString())));
        }

        return new ReplyRules(block.Headers.IsEmpty ? null : HeaderRules.Compile(block.Headers), balance)
        {
            UdpLimit = (ushort)(block.Bufsize ?? PipelineLimits.UdpReplyBytes),
            KeepaliveUnits = (ushort)((block.Timeouts?.Idle.TotalMilliseconds ?? PipelineLimits.IdleMilliseconds)
                / PipelineLimits.KeepaliveUnitMilliseconds),
        };
    }

    public int LimitOf(in ReplyTarget target) =>
        target.Has(WaiterFlags.Tcp) ? PipelineLimits.TcpReplyBytes : Math.Min(target.ReplyLimit, UdpLimit);

    /// <summary>Flags of what is sent upstream.</summary>
    public HeaderFlags ShapeQuery(HeaderFlags flags) => _headers?.ApplyToQuery(flags) ?? flags;

    /// <summary>Below the cache: made once, on what is kept.</summary>
    public void ShapeStored(Span<byte> message) => _headers?.ApplyToResponse(message);

    /// <summary>Above the cache: made for each reply.</summary>
    public void ShapeReply(Span<byte> message, in CachedAnswer answer)
    {
        if (_balance is not null && !answer.IsOversized && DomainName.TrySkip(message, WireLimits.HeaderLength, out int end)
            && end + 4 <= message.Length)
        {
            RecordType type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[end..]);
            int questionEnd = end + 4;
            _balance.Shape(message, questionEnd, type);
        }
    }
}
