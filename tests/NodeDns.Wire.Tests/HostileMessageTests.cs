using System;
using System.Collections.Generic;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>RFC 9267 and protocol 2.2: packets that cost their receiver more than their sender.</summary>
[Trait("Statement", "2.2 compression bombs")]
public sealed class HostileMessageTests
{
    private const int NameStart = 12;

    /// <summary>What fits into 64 KiB with the long names in front.</summary>
    private const int ManyRecords = 3800;

    [Fact]
    public void CountsOf65535InTwelveBytes_CostNothingAndAreRefused()
    {
        byte[] query = Packet.Of("0001 0100 ffff ffff ffff ffff");
        byte[] response = Packet.Of("0001 8180 ffff ffff ffff ffff");
        Assert.Equal(ParseStatus.FormatError, QueryView.TryParse(query, out _));
        Assert.Equal(
            ResponseStatus.WrongQuestionCount,
            ResponseView.TryParse(response, Packet.Name("a."), RecordType.A, RecordClass.IN, out _));
        Assert.Equal(-1, TtlTable.Collect(response, NameStart, new byte[64]));
    }

    [Fact]
    public void ManyRecordsThatPointToOneLongName_CostAsMuchAsOne()
    {
        // The owner of all is a second copy of the question's 255 bytes: equal, but not where the question stands.
        byte[] name = LongName('x', 'e');
        byte[] copy = Record(name, RecordType.A, [192, 0, 2, 1]);
        int copyAt = NameStart + name.Length + 4;
        byte[] message = Message(name, copy, Repeat(ManyRecords - 1, _ => Pointer(copyAt), RecordType.A, 4));

        Assert.Equal(ResponseStatus.Ok, Parse(message, name, out ResponseView response));
        Assert.Equal(AnswerShape.Positive, response.Shape);
        AssertCheap(message, name);
    }

    [Fact]
    public void ManyRecordsThatPointToManyLongNames_AreCutOffByTheWorkLimit()
    {
        // Two names of 255 bytes that differ from the asked one in the last byte, in turn: each must be compared whole.
        byte[] name = LongName('x', 'e');
        byte[] first = Record(LongName('x', 'f'), RecordType.A, [192, 0, 2, 1]);
        byte[] second = Record(LongName('x', 'g'), RecordType.A, [192, 0, 2, 1]);
        int firstAt = NameStart + name.Length + 4;
        int secondAt = firstAt + first.Length;
        byte[] records = Repeat(ManyRecords - 2, i => Pointer(i % 2 == 0 ? firstAt : secondAt), RecordType.A, 4);
        byte[] message = Message(name, Packet.Join(first, second), records);

        Assert.Equal(ResponseStatus.Malformed, Parse(message, name, out _));
        AssertCheap(message, name);
    }

    [Fact]
    public void ManyAliasesOfOneName_AreCutOffByTheWorkLimit()
    {
        byte[] name = LongName('x', 'e');
        List<byte[]> parts = [];
        int at = NameStart + name.Length + 4;
        for (int i = 0; i < 180; i++)
        {
            // Every alias spells its target anew, so that no two offsets are the same.
            parts.Add(Record(Pointer(NameStart), RecordType.CNAME, LongName('x', 't')));
            at += parts[^1].Length;
        }

        byte[] filler = Repeat(900, _ => Pointer(NameStart), RecordType.CNAME, 2, Pointer(at - 255));
        byte[] message = Message(name, Packet.Join([.. parts]), filler, answers: 1080);
        Assert.Equal(ResponseStatus.Malformed, Parse(message, name, out _));
        AssertCheap(message, name);
    }

    [Fact]
    public void PointersToPointersToPointers_EndAtTheLimitOfJumps()
    {
        // A name, then record data that is nothing but pointers, each to the one before it.
        byte[] name = Packet.Name("a.");
        int dataAt = NameStart + name.Length + 4 + 1 + 10;
        List<byte[]> chain = [Pointer(NameStart)];
        for (int i = 1; i < 1000; i++)
        {
            chain.Add(Pointer(dataAt + ((i - 1) * 2)));
        }

        byte[] message = Packet.Join(
            Header(1), name, [0, 1, 0, 1], Record([0], RecordType.NULL, Packet.Join([.. chain])));
        byte[] expanded = new byte[255];
        int deepest = dataAt + ((WireLimits.MaxPointerJumps - 1) * 2);
        Assert.True(DomainName.TryExpand(message, deepest, expanded, out int length, out _));
        Assert.Equal("a.", DomainName.ToText(expanded.AsSpan(0, length)));
        Assert.False(DomainName.TryExpand(message, deepest + 2, expanded, out _, out _));
        Assert.False(DomainName.EqualsIgnoreCase(message, deepest + 2, name));
    }

    [Fact]
    public void NestedNames_EachOnTopOfTheOneBefore_StopAt255Bytes()
    {
        // 64 KiB of records whose owners each add one label to the owner before: "n.n.n.n..." without end.
        byte[] name = Packet.Name("a.");
        List<byte> message = [.. Header(0), .. name, 0, 1, 0, 1];
        int previous = NameStart;
        int count = 0;
        while (message.Count < 16000)
        {
            int at = message.Count;
            message.AddRange([1, (byte)'n', .. Pointer(previous), 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4]);
            previous = at;
            count++;
        }

        byte[] bytes = [.. message];
        MessageHeader.SetAnswerCount(bytes, (ushort)count);
        Assert.Equal(ResponseStatus.Ok, Parse(bytes, name, out ResponseView response));
        Assert.Equal(AnswerShape.CnameOnly, response.Shape);
        Assert.False(DomainName.TryExpand(bytes, previous, new byte[255], out _, out _));
        Assert.False(ResponseCopier.TryCopy(response, CopyOptions.None, new byte[WireLimits.MaxMessageLength], out _));
        AssertCheap(bytes, name);
    }

    [Fact]
    public void CompressionBomb_CopiedInFull_StopsAtTheEndOfItsBuffer()
    {
        // Name servers of 2 bytes each that would become 255: 15 KiB in, a megabyte out.
        byte[] name = LongName('x', 'e');
        byte[] target = LongName('y', 'e');
        byte[] first = Record(Pointer(NameStart), RecordType.NS, target);
        int targetAt = NameStart + name.Length + 4 + 2 + 10;
        byte[] records = Repeat(ManyRecords - 1, _ => Pointer(NameStart), RecordType.NS, 2, Pointer(targetAt));
        byte[] message = Message(name, first, records, type: RecordType.NS);

        Assert.Equal(
            ResponseStatus.Ok,
            ResponseView.TryParse(message, name, RecordType.NS, RecordClass.IN, out ResponseView response));
        byte[] destination = new byte[1_000_000];
        Assert.False(ResponseCopier.TryCopy(response, CopyOptions.None, destination, out _));
        Assert.True(destination.AsSpan(WireLimits.MaxMessageLength).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void QueryFullOfRecords_IsJudgedInLinearTime()
    {
        byte[] message = Packet.Join(
            Packet.Of($"0001 0100 0001 0000 0000 {ManyRecords:x4} 01 'a' 00 0001 0001"),
            Repeat(ManyRecords, _ => Pointer(NameStart), RecordType.A, 4));
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out _));
        Assert.True(Cost.OfBest(() => QueryView.TryParse(message, out _)) < Cost.Allowed);
    }

    private static void AssertCheap(byte[] message, byte[] name)
    {
        byte[] destination = new byte[WireLimits.MaxMessageLength];
        TimeSpan cost = Cost.OfBest(() =>
        {
            if (Parse(message, name, out ResponseView response) == ResponseStatus.Ok)
            {
                ResponseCopier.TryCopy(response, CopyOptions.DropDnssec, destination, out _);
            }
        });
        Assert.True(cost < Cost.Allowed, $"{cost.TotalMilliseconds} ms");
    }

    private static ResponseStatus Parse(byte[] message, byte[] name, out ResponseView response) =>
        ResponseView.TryParse(message, name, RecordType.A, RecordClass.IN, out response);

    private static byte[] Message(
        byte[] name, byte[] first, byte[] rest, int answers = ManyRecords, RecordType type = RecordType.A)
    {
        byte[] message = Packet.Join(Header(answers), name, [0, (byte)type, 0, 1], first, rest);
        Assert.InRange(message.Length, 0, WireLimits.MaxMessageLength);
        return message;
    }

    private static byte[] Header(int answers) => Packet.Of($"0001 8180 0001 {answers:x4} 0000 0000");

    private static byte[] Pointer(int target) => [(byte)(0xC0 | (target >> 8)), (byte)target];

    private static byte[] Record(byte[] owner, RecordType type, byte[] data) => Packet.Join(
        owner, [0, (byte)type, 0, 1, 0, 0, 1, 0x2C, (byte)(data.Length >> 8), (byte)data.Length], data);

    private static byte[] Repeat(int count, Func<int, byte[]> owner, RecordType type, int dataLength, byte[]? data = null)
    {
        List<byte> records = [];
        for (int i = 0; i < count; i++)
        {
            records.AddRange(Record(owner(i), type, data ?? new byte[dataLength]));
        }

        return [.. records];
    }

    /// <summary>A name of 255 bytes that ends in a label of the last character.</summary>
    private static byte[] LongName(char fill, char last)
    {
        List<byte> name = [];
        foreach (int length in (int[])[63, 63, 63, 59])
        {
            name.Add((byte)length);
            for (int i = 0; i < length; i++)
            {
                name.Add((byte)fill);
            }
        }

        name.AddRange([1, (byte)last, 0]);
        Assert.Equal(WireLimits.MaxNameLength, name.Count);
        return [.. name];
    }
}
