using System;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class RecordReaderTests
{
    private const int QuestionEnd = 19;

    [Fact]
    public void MoveNext_ThreeSections_GivesEachRecordItsOwn()
    {
        byte[] message = Packet.Of("""
            0001 8180 0001 0001 0001 0001
            01 'a' 00 0001 0001                          ; 12
            c00c 0001 0001 0000012c 0004 0a000001        ; 19
            00 0002 0003 ffffffff 0000                   ; 35
            01 'b' c00c 0010 0001 00000001 0002 01 'x'   ; 46
            """);
        RecordReader reader = new(message, QuestionEnd);

        Assert.True(reader.MoveNext());
        Assert.Equal(
            (MessageSection.Answer, RecordType.A, RecordClass.IN, 300u),
            (reader.Section, reader.Type, reader.Class, reader.Ttl));
        Assert.Equal((19, 25, 31, 4, 35), (reader.NameOffset, reader.TtlOffset, reader.DataOffset, reader.DataLength, reader.End));
        Assert.Equal("0a000001", Packet.Hex(reader.Data));

        Assert.True(reader.MoveNext());
        Assert.Equal((MessageSection.Authority, RecordType.NS, RecordClass.CH), (reader.Section, reader.Type, reader.Class));
        Assert.Equal(0, reader.DataLength);

        Assert.True(reader.MoveNext());
        Assert.Equal((MessageSection.Additional, RecordType.TXT, 1u), (reader.Section, reader.Type, reader.Ttl));

        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
        Assert.Equal(message.Length, reader.Position);
    }

    [Theory]
    [InlineData("80000000", int.MaxValue)]
    [InlineData("ffffffff", int.MaxValue)]
    [InlineData("7fffffff", int.MaxValue)]
    [InlineData("00000000", 0)]
    public void M14_TtlWithItsTopBit_IsLargeAndNeverNegative(string ttl, int expected)
    {
        byte[] message = Packet.Of($"0001 8180 0001 0001 0000 0000 01 'a' 00 0001 0001 00 0001 0001 {ttl} 0000");
        RecordReader reader = new(message, QuestionEnd);
        Assert.True(reader.MoveNext());
        Assert.Equal((uint)expected, reader.Ttl);
        Assert.Equal(Convert.ToUInt32(ttl, 16), reader.RawTtl);
    }

    [Fact]
    public void MoveNext_EmptySectionsBetween_AreSkipped()
    {
        byte[] message = Packet.Of("0001 8180 0001 0000 0000 0001 01 'a' 00 0001 0001 00 0029 04d0 00000000 0000");
        RecordReader reader = new(message, QuestionEnd);
        Assert.True(reader.MoveNext());
        Assert.Equal(MessageSection.Additional, reader.Section);
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("ffff 0000 0000")]
    [InlineData("0000 ffff 0000")]
    [InlineData("0000 0000 ffff")]
    [InlineData("ffff ffff ffff")]
    [InlineData("0002 0000 0000")]
    public void MoveNext_CountsThatCannotBe_AreRefusedBeforeTheFirstRecord(string counts)
    {
        byte[] message = Packet.Of($"0001 8180 0001 {counts} 01 'a' 00 0001 0001 00 0001 0001 00000000 0000");
        RecordReader reader = new(message, QuestionEnd);
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
        Assert.Equal(QuestionEnd, reader.Position);
    }

    [Fact]
    public void MoveNext_MoreRecordsThanTheLimit_IsMalformedEvenIfTheyFit()
    {
        byte[] records = new byte[(WireLimits.MaxRecords + 1) * WireLimits.MinRecordLength];
        byte[] within = Packet.Join(Packet.Of($"0001 8180 0001 {WireLimits.MaxRecords:x4} 0000 0000 01 'a' 00 0001 0001"), records);
        byte[] beyond = Packet.Join(Packet.Of($"0001 8180 0001 {WireLimits.MaxRecords + 1:x4} 0000 0000 01 'a' 00 0001 0001"), records);

        Assert.Equal(WireLimits.MaxRecords, Count(within, out bool isMalformed));
        Assert.False(isMalformed);
        Assert.Equal(0, Count(beyond, out isMalformed));
        Assert.True(isMalformed);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(10_000)]
    public void MoveNext_OffsetOutside_IsMalformed(int offset)
    {
        RecordReader reader = new(Packet.Of("0001 8180 0001 0001 0000 0000 00 0001 0001"), offset);
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
    }

    private static int Count(byte[] message, out bool isMalformed)
    {
        int count = 0;
        RecordReader reader = new(message, QuestionEnd);
        while (reader.MoveNext())
        {
            count++;
        }

        isMalformed = reader.IsMalformed;
        return count;
    }
}
