using System;
using System.Collections.Immutable;
using NodeDns.Config;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>A zone's <c>cache</c> directive in the units the data plane counts in.</summary>
internal sealed class CachePlan
{
    /// <summary>RFC 8767 §5: the client response timer.</summary>
    public const long ClientResponseMilliseconds = 1800;

    /// <summary>RFC 8767 §4: the TTL recommended for a stale answer.</summary>
    public const uint DefaultStaleTtlSeconds = 30;

    /// <summary>RFC 8767 §5: how long after a failed refresh the next attempt waits.</summary>
    public const long FailureRecheckMilliseconds = 30_000;

    private readonly byte[][] _zones;
    private readonly byte[][] _noSuccess;
    private readonly byte[][] _noDenial;

    public CachePlan(CacheConfig config)
    {
        Config = config;
        _zones = ToWire(config.Zones);
        _noSuccess = ToWire(config.DisableSuccessZones);
        _noDenial = ToWire(config.DisableDenialZones);
        LongestFailureMilliseconds = config.ServfailTtl is { } longest
            ? (long)longest.TotalMilliseconds
            : CacheLimits.DefaultFailureMilliseconds;
        if (config.ServeStale is { } stale)
        {
            StaleMode = stale.Mode == ServeStaleMode.Immediate ? StaleMode.Immediate : StaleMode.Verify;
            StaleWindowMilliseconds = (long)stale.Duration.TotalMilliseconds;
            VerifyMilliseconds = stale.VerifyTimeout is { } timeout
                ? (long)timeout.TotalMilliseconds
                : ClientResponseMilliseconds;
            StaleTtlSeconds = stale.ResponseTtl ?? DefaultStaleTtlSeconds;
            RecheckMilliseconds = stale.FailureRecheck is { } recheck
                ? (long)recheck.TotalMilliseconds
                : FailureRecheckMilliseconds;
            PreferPositive = stale.PreferPositive;
        }

        if (config.Prefetch is { Amount: > 0 } prefetch)
        {
            PrefetchAmount = Math.Min(prefetch.Amount, byte.MaxValue);
            PrefetchGapMilliseconds = (long)prefetch.Duration.TotalMilliseconds;
            PrefetchPercent = prefetch.Percentage;
        }
    }

    public CacheConfig Config { get; }

    /// <summary>What a failure's time, which doubles, grows to at most; 0 keeps no failures.</summary>
    public long LongestFailureMilliseconds { get; }

    public StaleMode StaleMode { get; }

    public long StaleWindowMilliseconds { get; }

    /// <summary>How long a client with a stale answer at hand waits for a fresh one; 0 means until the upstreams failed.</summary>
    public long VerifyMilliseconds { get; }

    public uint StaleTtlSeconds { get; }

    public long RecheckMilliseconds { get; } = FailureRecheckMilliseconds;

    public bool PreferPositive { get; }

    public int PrefetchAmount { get; }

    public long PrefetchGapMilliseconds { get; }

    public int PrefetchPercent { get; }

    public TtlPolicy TtlPolicy => new(StaleTtlSeconds, Config.KeepTtl);

    /// <summary>Whether a name is cached at all: the directive may name some zones of its block only.</summary>
    public bool Covers(ReadOnlySpan<byte> foldedName) => IsBelowAny(foldedName, _zones);

    public bool Stores(AnswerKind kind, ReadOnlySpan<byte> foldedName) => kind switch
    {
        AnswerKind.Success => !IsBelowAny(foldedName, _noSuccess),
        AnswerKind.Denial or AnswerKind.Failure => !IsBelowAny(foldedName, _noDenial),
        _ => false,
    };

    private static bool IsBelowAny(ReadOnlySpan<byte> foldedName, byte[][] zones)
    {
        foreach (byte[] zone in zones)
        {
            if (DomainName.IsSameOrBelow(foldedName, zone))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][] ToWire(ImmutableArray<string> names)
    {
        byte[][] wire = new byte[names.Length][];
        Span<byte> buffer = stackalloc byte[WireLimits.MaxNameLength];
        for (int i = 0; i < names.Length; i++)
        {
            wire[i] = DomainName.TryParse(names[i], buffer, out int length) ? buffer[..length].ToArray() : [0];
        }

        return wire;
    }
}
