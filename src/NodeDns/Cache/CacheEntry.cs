using System;
using System.Buffers.Binary;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>A copy of one stored answer, for those who look into the cache.</summary>
internal sealed class CacheEntry(EntryHeader header, byte[] message, byte[] ttlOffsets)
{
    /// <summary>The name in wire form, folded.</summary>
    public ReadOnlySpan<byte> Name => message.AsSpan(WireLimits.HeaderLength, header.NameLength);

    /// <summary>The type asked for; None where one NXDOMAIN answers all types.</summary>
    public RecordType Type => (RecordType)header.Type;

    public CacheKeyFlags KeyFlags => header.KeyFlags;

    public ushort Space => header.Space;

    public AnswerKind Kind => header.Kind;

    public ResponseCode Rcode => (ResponseCode)header.Rcode;

    public bool IsLocal => (header.Flags & EntryFlags.Local) != 0;

    public uint TtlSeconds => header.TtlSeconds;

    public long StoredAt => header.StoredAt;

    public long ExpiresAt => header.ExpiresAt;

    public long StaleUntil => header.StaleUntil;

    /// <summary>Bytes it takes in the cache.</summary>
    public int Bytes => (int)header.TotalLength;

    /// <summary>Hits that prefetching counted; 255 at most, 0 without <c>prefetch</c>.</summary>
    public int Hits { get; init; }

    /// <summary>It has been asked for again and left probation.</summary>
    public bool IsKept { get; init; }

    public int Shard { get; init; }

    public int Slot { get; init; }

    /// <summary>The slot's content when it was read.</summary>
    public ulong Word { get; init; }

    /// <summary>The message with the TTLs it would show now, or with the given one when it is past its own.</summary>
    public byte[] MessageAt(long now, uint staleTtlSeconds)
    {
        byte[] copy = [.. message];
        uint ttl = now >= ExpiresAt ? staleTtlSeconds : (uint)((ExpiresAt - now + 999) / 1000);
        TtlTable.Patch(copy, ttlOffsets, ttl);
        if (Type != RecordType.None)
        {
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(WireLimits.HeaderLength + header.NameLength), header.Type);
        }

        return copy;
    }
}
