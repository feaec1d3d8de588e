using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>What a lookup found, beside the message it copied out.</summary>
internal struct CachedAnswer
{
    /// <summary>Bytes copied; the header and question alone when <see cref="IsOversized"/>.</summary>
    public int Length;

    /// <summary>The whole message is longer than the caller's room.</summary>
    public bool IsOversized;

    /// <summary>Past its TTL, within its stale limit.</summary>
    public bool IsStale;

    public AnswerKind Kind;
    public EntryFlags Flags;
    public ResponseCode Rcode;
    public ExtendedError UpstreamError;
    public ushort AdditionalOffset;

    /// <summary>TTL as stored, before it counted down.</summary>
    public uint TtlSeconds;

    public uint RemainingSeconds;
    public long StoredAt;

    /// <summary>Until when it may be served past its TTL.</summary>
    public long StaleUntil;

    /// <summary>Where hits are counted for prefetching; -1 for an answer that is not in the cache.</summary>
    public int Slot;

    /// <summary>An answer on its way from an upstream to the clients that waited for it.</summary>
    public static CachedAnswer From(in EntryHeader header) => new()
    {
        Length = header.MessageLength,
        Kind = header.Kind,
        Flags = header.Flags,
        Rcode = (ResponseCode)header.Rcode,
        UpstreamError = (ExtendedError)header.UpstreamError,
        AdditionalOffset = header.AdditionalOffset,
        TtlSeconds = header.TtlSeconds,
        RemainingSeconds = header.TtlSeconds,
        StoredAt = header.StoredAt,
        Slot = -1,
    };
}
