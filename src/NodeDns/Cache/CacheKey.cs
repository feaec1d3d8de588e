using System;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>What an answer is stored under: the full question, its DNSSEC variant and the zone that routes it.</summary>
/// <remarks>
/// Two hashes: the name's alone chooses the bucket, so that a batch's buckets can be fetched ahead from the names and
/// an NXDOMAIN is found under any type; the question's tells apart what shares a bucket.
/// </remarks>
internal readonly ref struct CacheKey
{
    public CacheKey(
        ReadOnlySpan<byte> foldedName, RecordType type, RecordClass @class, CacheKeyFlags flags, ushort space, ulong seed)
        : this(foldedName, DomainName.Hash(foldedName, seed), space, type, @class, flags)
    {
    }

    private CacheKey(
        ReadOnlySpan<byte> foldedName, ulong nameHash, ushort space, RecordType type, RecordClass @class,
        CacheKeyFlags flags)
    {
        Name = foldedName;
        NameHash = nameHash;
        Type = type;
        Class = @class;
        Flags = flags;
        Space = space;
    }

    public ReadOnlySpan<byte> Name { get; }

    public ulong NameHash { get; }

    public RecordType Type { get; }

    public RecordClass Class { get; }

    public CacheKeyFlags Flags { get; }

    public ushort Space { get; }

    public ulong QuestionHash => QuestionHashOf(NameHash, (ushort)Type, (ushort)Class, Flags, Space);

    /// <summary>The same name with the type left out: what an NXDOMAIN is stored under.</summary>
    public ulong AnyTypeHash => QuestionHashOf(NameHash, 0, (ushort)Class, Flags, Space);

    /// <summary>A key whose name was hashed before: a stored entry's, or a pending question's.</summary>
    public static CacheKey FromHash(
        ReadOnlySpan<byte> foldedName, ulong nameHash, RecordType type, RecordClass @class, CacheKeyFlags flags,
        ushort space) =>
        new(foldedName, nameHash, space, type, @class, flags);

    public static ulong QuestionHashOf(ulong nameHash, ushort type, ushort @class, CacheKeyFlags flags, ushort space)
    {
        ulong rest = ((ulong)space << 40) | ((ulong)flags << 32) | ((ulong)@class << 16) | type;
        ulong mixed = (nameHash ^ (rest * 0xC2B2_AE3D_27D4_EB4F)) * 0x9E37_79B9_7F4A_7C15;
        return mixed ^ (mixed >> 32);
    }
}
