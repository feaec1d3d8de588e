using System.Runtime.InteropServices;

namespace NodeDns.Cache;

/// <summary>The 64 bytes before each stored message.</summary>
/// <remarks>
/// <code>
/// | EntryHeader (64) | message, MessageLength bytes | TTL table, TtlCount x u16 | padding to 64 |
/// </code>
/// The message has no OPT (RFC 6891 §6.2.1) and its question name is folded: bytes 12.. are also the key.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct EntryHeader
{
    public ulong NameHash;
    public long StoredAt;
    public long ExpiresAt;
    public long StaleUntil;
    public uint TotalLength;
    public uint TtlSeconds;
    public ushort MessageLength;
    public ushort TtlCount;
    public ushort AdditionalOffset;
    public ushort Space;
    public ushort Type;
    public ushort Class;
    public ushort UpstreamError;
    public CacheKeyFlags KeyFlags;
    public AnswerKind Kind;
    public EntryFlags Flags;
    public byte NameLength;
    public byte Rcode;
    public byte Reserved;

    public const int Size = 64;
}
