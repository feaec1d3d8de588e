using System;
using System.Linq;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests.Fuzz;

/// <summary>
/// What must hold for any bytes at all. Reading outside a span throws, so "never throws" covers that too.
/// </summary>
internal static class FuzzOracle
{
    private const int Room = 4096;

    /// <summary>
    /// Runs every reader and writer over the bytes and compares them with each other and with the tests' own.
    /// </summary>
    public static void Check(ReadOnlySpan<byte> bytes, Random random)
    {
        CheckNames(bytes, random);
        CheckQuery(bytes);
        CheckResponse(bytes, random);
        CheckReplies(bytes, random);
    }

    /// <summary>Takes the question that a response carries for the one that was asked.</summary>
    public static ResponseStatus TryParseOwnQuestion(ReadOnlySpan<byte> bytes, out ResponseView response)
    {
        ReadOnlySpan<byte> name = [0];
        RecordType type = RecordType.A;
        RecordClass @class = RecordClass.IN;
        if (DomainName.TrySkip(bytes, WireLimits.HeaderLength, out int end) && end + 4 <= bytes.Length)
        {
            name = bytes[WireLimits.HeaderLength..end];
            type = (RecordType)((bytes[end] << 8) | bytes[end + 1]);
            @class = (RecordClass)((bytes[end + 2] << 8) | bytes[end + 3]);
        }

        return ResponseView.TryParse(bytes, name, type, @class, out response);
    }

    private static void CheckNames(ReadOnlySpan<byte> bytes, Random random)
    {
        int offset = random.Next(-2, bytes.Length + 2);
        Span<byte> name = stackalloc byte[WireLimits.MaxNameLength];
        bool isSkipped = DomainName.TrySkip(bytes, offset, out int skipEnd);
        if (!DomainName.TryExpand(bytes, offset, name, out int length, out int end))
        {
            return;
        }

        name = name[..length];
        Assert.True(isSkipped);
        Assert.Equal(skipEnd, end);
        Assert.True(DomainName.EqualsIgnoreCase(bytes, offset, name));
        Assert.Equal(DomainName.CountLabels(name), DomainName.LabelOffsets(name, stackalloc byte[127]));
        Span<byte> again = stackalloc byte[WireLimits.MaxNameLength];
        Assert.True(DomainName.TryParse(DomainName.ToText(name), again, out int againLength));
        Assert.True(name.SequenceEqual(again[..againLength]));
        DomainName.Fold(name, again);
        Assert.True(DomainName.EqualsIgnoreCase(name, again[..length]));
        Assert.True(DomainName.IsSameOrBelow(again[..length], [0]));
        _ = DomainName.Hash(again[..length], (ulong)random.NextInt64());
    }

    private static void CheckQuery(ReadOnlySpan<byte> bytes)
    {
        ParseStatus status = QueryView.TryParse(bytes, out QueryView query);
        Assert.True(query.QuestionEnd <= Math.Max(bytes.Length, WireLimits.HeaderLength));
        Assert.True(query.ClientCookie.Length is 0 or WireLimits.ClientCookieLength);
        Assert.True(query.EdnsOptions.Length <= bytes.Length);
        if (status != ParseStatus.Ok)
        {
            return;
        }

        byte[] written = new byte[512];
        Assert.True(QueryWriter.TryWrite(
            written, query.Id, query.Flags, query.Name, query.Type, query.Class, query.HasEdns, query.DnssecOk,
            query.UdpPayloadSize, out int length));
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(written.AsSpan(0, length), out QueryView again));
        Assert.True(query.Name.SequenceEqual(again.Name));
        Assert.Equal(
            (query.Id, query.Type, query.Class, query.LabelCount, query.QuestionEnd),
            (again.Id, again.Type, again.Class, again.LabelCount, again.QuestionEnd));
        Assert.Equal(
            (query.HasEdns, query.DnssecOk, query.UdpPayloadSize, query.RecursionDesired, query.CheckingDisabled),
            (again.HasEdns, again.DnssecOk, again.UdpPayloadSize, again.RecursionDesired, again.CheckingDisabled));
    }

    private static void CheckResponse(ReadOnlySpan<byte> bytes, Random random)
    {
        if (TryParseOwnQuestion(bytes, out ResponseView response) != ResponseStatus.Ok)
        {
            return;
        }

        Assert.InRange(response.QuestionEnd, WireLimits.HeaderLength, response.Message.Length);
        Assert.InRange(response.AnswerEnd, response.QuestionEnd, response.AuthorityEnd);
        Assert.InRange(response.AuthorityEnd, response.AnswerEnd, response.Message.Length);
        CheckTtls(response, (uint)random.Next());
        CheckCopy(response);

        byte[] some = new byte[bytes.Length * 4];
        CopyOptions options = (CopyOptions)random.Next(8);
        if (ResponseCopier.TryCopy(response, options, some, out int length))
        {
            Assert.Equal(ResponseStatus.Ok, TryParseOwnQuestion(some.AsSpan(0, length), out ResponseView less));
            Assert.True(less.AnswerCount <= response.AnswerCount);
            Assert.False(less.HasDnssecRecords && (options & CopyOptions.DropDnssec) != 0);
            Assert.True(less.AuthorityCount == 0 || (options & CopyOptions.DropAuthority) == 0);
            Assert.True(less.AdditionalCount == 0 || (options & CopyOptions.DropAdditional) == 0);
        }
    }

    /// <summary>Parse, write, parse again: the same answer, and from then on the same bytes.</summary>
    private static void CheckCopy(in ResponseView response)
    {
        byte[] first = new byte[WireLimits.MaxMessageLength];
        if (!ResponseCopier.TryCopy(response, CopyOptions.None, first, out int length))
        {
            return;
        }

        ReadOnlySpan<byte> copied = first.AsSpan(0, length);
        Assert.Equal(ResponseStatus.Ok, TryParseOwnQuestion(copied, out ResponseView again));
        Assert.False(again.HasEdns);
        Assert.Equal(
            (response.AnswerCount, response.AuthorityCount, response.AdditionalCount, response.MinTtl),
            (again.AnswerCount, again.AuthorityCount, again.AdditionalCount, again.MinTtl));
        Assert.Equal(
            (response.HasSoa, response.NegativeTtl, response.HasDelegation, response.HasDnssecRecords),
            (again.HasSoa, again.NegativeTtl, again.HasDelegation, again.HasDnssecRecords));
        if (!response.HasEdns)
        {
            Assert.Equal(response.Shape, again.Shape);
        }

        byte[] second = new byte[WireLimits.MaxMessageLength];
        Assert.True(ResponseCopier.TryCopy(again, CopyOptions.None, second, out int secondLength));
        Assert.True(copied.SequenceEqual(second.AsSpan(0, secondLength)));

        // The tests' own reader must be able to read what clients will get, and must see what we saw.
        DnsMessage message = DnsMessage.Decode(copied);
        Assert.Equal(0, message.TrailingBytes);
        Assert.Equal(again.AnswerCount, message.Answers.Count);
        Assert.Equal(
            again.MinTtl,
            message.AllRecords.Select(r => Math.Min(r.Ttl, int.MaxValue)).DefaultIfEmpty(uint.MaxValue).Min());
    }

    private static void CheckTtls(in ResponseView response, uint ttl)
    {
        byte[] message = response.Message.ToArray();
        byte[] table = new byte[WireLimits.MaxRecords * TtlTable.EntryLength];
        int count = TtlTable.Collect(message, response.QuestionEnd, table);
        if (count < 0)
        {
            // Records behind the damage of a truncated message.
            Assert.True(response.IsTruncated);
            return;
        }

        Assert.Equal(response.AnswerCount + response.AuthorityCount + response.AdditionalCount, count);
        TtlTable.Patch(message, table.AsSpan(0, count * TtlTable.EntryLength), ttl);

        // Not parsed as a whole again: a hostile alias may point into a TTL field, and so change with it.
        RecordReader reader = new(message, response.QuestionEnd);
        while (reader.MoveNext())
        {
            Assert.True(reader.Type == RecordType.OPT || reader.RawTtl == ttl);
        }

        Assert.False(reader.IsMalformed);
        Assert.Equal(message.Length, reader.Position);
    }

    private static void CheckReplies(ReadOnlySpan<byte> bytes, Random random)
    {
        byte[] reply = new byte[bytes.Length + Room];
        int error = ErrorReply.Write(reply, bytes, ResponseCode.FormatError);
        Assert.Equal(bytes.Length < WireLimits.HeaderLength ? 0 : WireLimits.HeaderLength, error);

        bytes.CopyTo(reply);
        int limit = random.Next(bytes.Length + 1);
        int length = Truncation.Fit(reply, bytes.Length, limit);
        Assert.True(length <= bytes.Length);
        if (bytes.Length >= WireLimits.HeaderLength && length < bytes.Length)
        {
            ReadOnlySpan<byte> fitted = reply.AsSpan(0, length);
            bool isCut = (MessageHeader.GetFlags(fitted) & (ushort)HeaderFlags.Truncated) != 0;
            Assert.True(isCut || MessageHeader.GetAdditionalCount(fitted) == 0);
            Assert.Equal(length, WalkToEnd(fitted));
        }

        // A table of offsets and an options list are never trusted either.
        TtlTable.Patch(reply.AsSpan(0, bytes.Length), bytes, 1);
        int before = length;
        bool isAdded = EdnsWriter.TryAppend(
            reply, ref length, 1232, true, ResponseCode.BadVersion, ExtendedError.Blocked, "why"u8, true, 1);
        Assert.Equal(isAdded ? before + EdnsWriter.Length(ExtendedError.Blocked, 3, true) : before, length);
    }

    /// <summary>Where the records of a message of at most one question end, -1 when they cannot be read.</summary>
    private static int WalkToEnd(ReadOnlySpan<byte> message)
    {
        int questionEnd = WireLimits.HeaderLength;
        if (MessageHeader.GetQuestionCount(message) == 1)
        {
            Assert.True(DomainName.TrySkip(message, questionEnd, out questionEnd));
            questionEnd += WireLimits.QuestionFixedLength;
        }

        RecordReader reader = new(message, questionEnd);
        while (reader.MoveNext())
        {
        }

        return reader.IsMalformed ? -1 : reader.Position;
    }
}
