using System;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>What an answer is stored under: the full question, its DNSSEC variant and the zone that routes it.</summary>
/// <remarks>The hash leaves the type out, so that all types of a name share a bucket and an NXDOMAIN is found by any.</remarks>
internal readonly ref struct CacheKey
{
    public CacheKey(
        ReadOnlySpan<byte> foldedName, RecordType type, RecordClass @class, CacheKeyFlags flags, ushort space, ulong seed)
    {
        Name = foldedName;
        Type = type;
        Class = @class;
        Flags = flags;
        Space = space;
        Hash = Mix(DomainName.Hash(foldedName, seed) ^ ((ulong)space << 32 | (ulong)(ushort)@class << 8 | (byte)flags));
    }

    private CacheKey(
        ReadOnlySpan<byte> foldedName, ulong hash, RecordType type, RecordClass @class, CacheKeyFlags flags, ushort space)
    {
        Name = foldedName;
        Type = type;
        Class = @class;
        Flags = flags;
        Space = space;
        Hash = hash;
    }

    public ReadOnlySpan<byte> Name { get; }

    public RecordType Type { get; }

    public RecordClass Class { get; }

    public CacheKeyFlags Flags { get; }

    public ushort Space { get; }

    public ulong Hash { get; }

    /// <summary>The hash with the type in it: what separates questions that share a bucket.</summary>
    public ulong QuestionHash => QuestionHashOf(Hash, (ushort)Type);

    /// <summary>A key whose hash was computed before: a stored entry's, or a pending question's.</summary>
    public static CacheKey FromHash(
        ReadOnlySpan<byte> foldedName, ulong hash, RecordType type, RecordClass @class, CacheKeyFlags flags, ushort space) =>
        new(foldedName, hash, type, @class, flags, space);

    public static ulong QuestionHashOf(ulong hash, ushort type) => Mix(hash + type);

    private static ulong Mix(ulong value)
    {
        value *= 0x9E3779B97F4A7C15;
        return value ^ (value >> 32);
    }
}
