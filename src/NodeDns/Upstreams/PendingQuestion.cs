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

    /// <summary>Where the address that began it is counted; -1 for a refresh.</summary>
    public int Share;

    /// <summary>Counts the uses of this place, so that a late message for an earlier one is known as late.</summary>
    public int Generation;

    public ushort Space;
    public RecordType Type;
    public RecordClass Class;
    public CacheKeyFlags KeyFlags;
    public byte NameLength;
    private NameBytes _name;

    // Owner only, from here on.
    /// <summary>Who was asked or answered last: whom a failure is told of.</summary>
    public UpstreamState? Upstream;

    public AttemptPair Attempts;

    public long Deadline;
    public long ClientTimer;

    /// <summary>When another upstream is asked as well; 0 for never.</summary>
    public long HedgeAt;

    public int ForwardIndex;
    public int FirstUpstream;

    /// <summary>One bit per upstream of the <c>forward</c> line that was asked in this round.</summary>
    public uint Tried;

    public int Tries;
    public int Losses;

    /// <summary>The connection that a try before was on; the next try takes another.</summary>
    public int AvoidedConnection;

    /// <summary>Counts the questions at this place.</summary>
    public int Use;

    public bool WantsTcp;
    public bool WithoutEdns;

    /// <summary>Answered; only the slower upstream is still listened to, so that its health is known.</summary>
    public bool IsLingering;

    public ExtendedError LastError;

    public readonly ulong QuestionHash =>
        CacheKey.QuestionHashOf(NameHash, (ushort)Type, (ushort)Class, KeyFlags, Space);

    public readonly bool HasActive
    {
        get
        {
            foreach (ref readonly Attempt attempt in Attempts)
            {
                if (attempt.IsActive)
                {
                    return true;
                }
            }

            return false;
        }
    }

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
