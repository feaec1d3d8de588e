using System;
using System.Runtime.InteropServices;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>Turns an answer, an upstream's or a local one, into the form in which it is stored and sent.</summary>
/// <remarks>One answer is written once and then both stored and copied to every waiting client.</remarks>
internal static class EntryWriter
{
    /// <summary>
    /// Writes header, message (question folded, no OPT, flags cleared to those every client may see) and TTL table.
    /// </summary>
    /// <returns>False when the answer does not fit the form; it is then an unusable answer.</returns>
    public static bool TryWrite(
        Span<byte> entry, in CacheKey key, in ResponseView response, CopyOptions options, bool isLocal, out int length)
    {
        length = 0;
        Span<byte> message = entry[EntryHeader.Size..];
        if (!TryCopyMessage(message, key.Name, response, options, out int messageLength))
        {
            return false;
        }

        int questionEnd = WireLimits.HeaderLength + key.Name.Length + 4;
        Span<byte> table = entry[(EntryHeader.Size + messageLength)..];
        int records = TtlTable.Collect(message[..messageLength], questionEnd, table);
        if (records is < 0 or > CacheLimits.MaxRecords)
        {
            return false;
        }

        ushort flags = (ushort)(HeaderFlags.Response | HeaderFlags.RecursionAvailable);
        if (isLocal)
        {
            flags |= (ushort)(response.Flags & (ushort)HeaderFlags.Authoritative);
        }

        MessageHeader.SetFlags(message, (ushort)(flags | ((int)response.Rcode & 0xF)));
        length = EntryHeader.Size + messageLength + (records * 2);
        length = (length + CacheLimits.EntryAlignment - 1) & -CacheLimits.EntryAlignment;

        EntryHeader header = new()
        {
            NameHash = key.NameHash,
            TotalLength = (uint)length,
            MessageLength = (ushort)messageLength,
            TtlCount = (ushort)records,
            AdditionalOffset = (ushort)AdditionalOffset(message[..messageLength], questionEnd),
            Space = key.Space,
            Type = (ushort)key.Type,
            Class = (ushort)key.Class,
            UpstreamError = (ushort)response.ExtendedError,
            KeyFlags = key.Flags,
            Kind = AnswerKind.Failure,
            Flags = EntryFlags.Uncacheable
                | (response.IsAuthenticData ? EntryFlags.AuthenticData : 0)
                | (isLocal ? EntryFlags.Local : 0),
            NameLength = (byte)key.Name.Length,
            Rcode = (byte)response.Rcode,
        };
        header.TtlSeconds = response.MinTtl == uint.MaxValue ? 0 : response.MinTtl;
        MemoryMarshal.Write(entry, in header);
        return true;
    }

    /// <summary>Gives a written entry its life: kind, TTL, and how long past it the entry may still be served.</summary>
    public static void SetExpiry(
        Span<byte> entry, AnswerKind kind, EntryFlags flags, uint ttlSeconds, long now, long staleWindowMilliseconds)
    {
        ref EntryHeader header = ref MemoryMarshal.AsRef<EntryHeader>(entry);
        header.Kind = kind;
        header.Flags = (header.Flags & ~EntryFlags.Uncacheable) | flags;
        header.TtlSeconds = ttlSeconds;
        header.StoredAt = now;
        header.ExpiresAt = now + (ttlSeconds * 1000L);
        header.StaleUntil = header.ExpiresAt + (kind != AnswerKind.Failure ? staleWindowMilliseconds : 0);
        if ((flags & EntryFlags.AllTypes) != 0)
        {
            header.Type = 0;
        }
    }

    public static Span<byte> Message(Span<byte> entry) =>
        entry.Slice(EntryHeader.Size, MemoryMarshal.AsRef<EntryHeader>(entry).MessageLength);

    public static ReadOnlySpan<byte> TtlOffsets(ReadOnlySpan<byte> entry)
    {
        ref readonly EntryHeader header = ref MemoryMarshal.AsRef<EntryHeader>(entry);
        return entry.Slice(EntryHeader.Size + header.MessageLength, header.TtlCount * 2);
    }

    private static bool TryCopyMessage(
        Span<byte> message, ReadOnlySpan<byte> foldedName, in ResponseView response, CopyOptions options, out int length)
    {
        bool dropsDnssec = (options & CopyOptions.DropDnssec) != 0 && response.HasDnssecRecords;
        bool isPlain = options is CopyOptions.None or CopyOptions.DropDnssec && !dropsDnssec
            && (!response.HasEdns || response.EdnsIsLast);
        if (!isPlain)
        {
            return ResponseCopier.TryCopy(response, options, foldedName, message, out length);
        }

        // The usual answer: everything up to the OPT stays as it is, so nothing that points into it moves.
        ReadOnlySpan<byte> source = response.Message;
        length = response.HasEdns ? response.EdnsOffset : source.Length;
        if (length > message.Length)
        {
            return false;
        }

        source[..length].CopyTo(message);
        foldedName.CopyTo(message[WireLimits.HeaderLength..]);
        MessageHeader.SetAdditionalCount(message, (ushort)response.AdditionalCount);
        return true;
    }

    private static int AdditionalOffset(ReadOnlySpan<byte> message, int questionEnd)
    {
        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
            if (reader.Section == MessageSection.Additional)
            {
                return reader.NameOffset;
            }
        }

        return message.Length;
    }
}
