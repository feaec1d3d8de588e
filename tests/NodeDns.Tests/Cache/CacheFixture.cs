using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NodeDns.Cache;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Cache;

/// <summary>Entries written by hand: header, a message whose body is easy to check, and its TTL table.</summary>
internal sealed class CacheFixture(long budgetBytes = CacheLimits.MinBudgetBytes)
{
    public const long Start = 1_000_000;

    private readonly byte[] _message = new byte[65535];

    public AnswerCache Cache { get; } = new(budgetBytes, workers: 1);

    public static byte[] Name(string text)
    {
        byte[] buffer = new byte[255];
        Assert.True(DomainName.TryParse(text, buffer, out int length));
        return buffer[..length];
    }

    public CacheKey Key(byte[] name, RecordType type = RecordType.A, CacheKeyFlags flags = 0, ushort space = 0) =>
        new(name, type, RecordClass.IN, flags, space, Cache.Seed);

    /// <summary>Stores an answer whose records' bytes are all <paramref name="mark"/>.</summary>
    public bool Store(
        byte[] name, byte mark, long now = Start, uint ttl = 60, int body = 64, RecordType type = RecordType.A,
        AnswerKind kind = AnswerKind.Success, EntryFlags flags = 0, long staleWindow = 0, CacheKeyFlags keyFlags = 0,
        ushort space = 0)
    {
        byte[] entry = Entry(Key(name, type, keyFlags, space), mark, ttl, body);
        EntryWriter.SetExpiry(entry, kind, flags, ttl, now, staleWindow);
        return Cache.Store(entry, type, now);
    }

    public LookupStatus Get(
        byte[] name, out CachedAnswer answer, long now = Start, RecordType type = RecordType.A,
        CacheKeyFlags keyFlags = 0, ushort space = 0) =>
        Cache.TryGet(Key(name, type, keyFlags, space), now, new TtlPolicy(30, false), _message, out answer);

    public byte Mark(in CachedAnswer answer) => _message[answer.Length - 1];

    public uint ShownTtl(byte[] name) =>
        BinaryPrimitives.ReadUInt32BigEndian(_message.AsSpan(WireLimits.HeaderLength + name.Length + 4));

    public bool IsWhole(in CachedAnswer answer, int nameLength)
    {
        ReadOnlySpan<byte> body = _message.AsSpan(0, answer.Length)[(WireLimits.HeaderLength + nameLength + 8)..];
        return body.IndexOfAnyExcept(body[0]) < 0;
    }

    /// <summary>Header, question, a TTL of four bytes, then the body.</summary>
    public static byte[] Entry(in CacheKey key, byte mark, uint ttl, int body)
    {
        int question = WireLimits.HeaderLength + key.Name.Length + 4;
        int messageLength = question + 4 + body;
        int length = (EntryHeader.Size + messageLength + 2 + 63) & -64;
        byte[] entry = new byte[length];
        EntryHeader header = new()
        {
            NameHash = key.NameHash,
            TotalLength = (uint)length,
            MessageLength = (ushort)messageLength,
            TtlCount = 1,
            AdditionalOffset = (ushort)messageLength,
            Space = key.Space,
            Type = (ushort)key.Type,
            Class = (ushort)key.Class,
            KeyFlags = key.Flags,
            NameLength = (byte)key.Name.Length,
            TtlSeconds = ttl,
        };
        MemoryMarshal.Write(entry, in header);
        Span<byte> message = entry.AsSpan(EntryHeader.Size, messageLength);
        key.Name.CopyTo(message[WireLimits.HeaderLength..]);
        message[(question + 4)..].Fill(mark);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(EntryHeader.Size + messageLength), (ushort)question);
        return entry;
    }
}
