using System;
using NodeDns.Cache;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>A question on its way to an upstream, with the state of its tries.</summary>
/// <remarks>
/// The key and the waiters are shared, under the gate of the question's bucket. Everything else belongs to the worker
/// that sends it, and no other thread reads it.
/// </remarks>
internal struct PendingQuestion
{
    public ulong NameHash;
    public RoutePlan? Route;

    /// <summary>Clients' own rewritten questions and the like: what to do with the answer before it is delivered.</summary>
    public FollowUp? FollowUp;

    /// <summary>EDNS options the operator wants sent along.</summary>
    public ReadOnlyMemory<byte> Options;

    public int NextInBucket;
    public int FirstWaiter;
    public int WaiterCount;

    /// <summary>Counts the uses of this place, so that a late message for an earlier one is known as late.</summary>
    public int Generation;

    public ushort Space;
    public RecordType Type;
    public RecordClass Class;
    public CacheKeyFlags KeyFlags;
    public byte NameLength;
    private NameBytes _name;

    // Owner only, from here on.
    public UpstreamState? Upstream;
    public UpstreamSocket? Socket;
    public long Deadline;
    public long TryDeadline;
    public long ClientTimer;
    public long SentAt;
    public int ForwardIndex;
    public int FirstUpstream;
    public int Tries;
    public int Losses;
    public ushort QueryId;
    public bool WantsTcp;
    public bool IsOnTcp;
    public bool WithoutEdns;
    public ExtendedError LastError;

    public readonly ulong QuestionHash =>
        CacheKey.QuestionHashOf(NameHash, (ushort)Type, (ushort)Class, KeyFlags, Space);

    public readonly ReadOnlySpan<byte> CopyName(Span<byte> destination)
    {
        ((ReadOnlySpan<byte>)_name)[..NameLength].CopyTo(destination);
        return destination[..NameLength];
    }

    public readonly bool IsFor(in CacheKey key) =>
        NameHash == key.NameHash && Type == key.Type && Class == key.Class && KeyFlags == key.Flags && Space == key.Space
        && NameLength == key.Name.Length && ((ReadOnlySpan<byte>)_name)[..NameLength].SequenceEqual(key.Name);

    /// <summary>The key, with its name copied into the caller's buffer.</summary>
    public readonly CacheKey CopyKey(Span<byte> nameBuffer) =>
        CacheKey.FromHash(CopyName(nameBuffer), NameHash, Type, Class, KeyFlags, Space);

    public void SetKey(in CacheKey key)
    {
        NameHash = key.NameHash;
        Type = key.Type;
        Class = key.Class;
        KeyFlags = key.Flags;
        Space = key.Space;
        NameLength = (byte)key.Name.Length;
        key.Name.CopyTo(_name);
    }
}
