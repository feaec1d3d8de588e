using System;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class ResponseWriterTests
{
    private const ushort Flags = 0x0180; // RD, RA; QR comes by itself

    [Fact]
    public void TryAddAddress_OwnerIsTheQuestion_IsAPointer()
    {
        ResponseWriter writer = Begin(new byte[512], "www.example.com.");
        Assert.True(writer.TryAddAddress(MessageSection.Answer, Packet.Name("www.example.com."), 300, [192, 0, 2, 1]));
        Assert.Equal(
            Packet.Hex(Packet.Of("""
                1234 8180 0001 0001 0000 0000
                03 'www' 07 'example' 03 'com' 00 0001 0001
                c00c 0001 0001 0000012c 0004 c0000201
                """)),
            Packet.Hex(writer.Message));
    }

    [Theory]
    [InlineData("example.com.", "c010", "the zone of the question")]
    [InlineData("com.", "c018", "its last label")]
    [InlineData("a.www.example.com.", "01 'a' c00c", "a child of it")]
    [InlineData("ftp.EXAMPLE.com.", "03 'ftp' c010", "a sibling, in another case")]
    [InlineData("example.org.", "07 'example' 03 'org' 00", "nothing in common")]
    [InlineData(".", "00", "the root")]
    public void TryAddRecord_Owner_IsCompressedAgainstTheQuestion(string owner, string expected, string what)
    {
        ResponseWriter writer = Begin(new byte[512], "www.example.com.");
        int start = writer.Length;
        Assert.True(writer.TryAddRecord(
            MessageSection.Answer, Packet.Name(owner), RecordType.TXT, RecordClass.CH, 1, [0]));
        byte[] drawn = Packet.Of(expected + " 0010 0003 00000001 0001 00");
        Assert.True(Packet.Hex(drawn) == Packet.Hex(writer.Message[start..]), what);
    }

    [Fact]
    public void TryAddSoa_NegativeAnswer_ReadsBackAsOne()
    {
        ResponseWriter writer = Begin(new byte[512], "a.b.search.example.com.");
        writer.SetRcode(ResponseCode.NameError);
        writer.SetAuthoritative(true);
        Assert.True(writer.TryAddSoa(MessageSection.Authority, Packet.Name("example.com."), 30, 60));

        DnsMessage message = DnsMessage.Decode(writer.Message);
        Assert.Equal(Rcode.NxDomain, message.Rcode);
        Assert.True(message.Authoritative);
        DnsRecord soa = Assert.Single(message.Authority);
        Assert.Equal(("example.com.", RrType.Soa, 30u), (soa.Name, soa.Type, soa.Ttl));
        int offset = 0;
        Assert.Equal("ns.example.com.", DnsName.Read(soa.Data, ref offset));
        Assert.Equal("hostmaster.example.com.", DnsName.Read(soa.Data, ref offset));
        Assert.Equal("0000000100001c20000007080001518000 00003c".Replace(" ", ""), Packet.Hex(soa.Data.AsSpan(offset)));

        ResponseStatus status = ResponseView.TryParse(
            writer.Message, Packet.Name("a.b.search.example.com."), RecordType.A, RecordClass.IN,
            out ResponseView response);
        Assert.Equal(ResponseStatus.Ok, status);
        Assert.Equal((AnswerShape.NxDomain, 30u), (response.Shape, response.NegativeTtl));
    }

    [Theory]
    [InlineData(".", "ns.", "hostmaster.")]
    [InlineData("long", null, null)]
    public void TryAddSoa_RootAndLongestZone_AreStillNames(string zone, string? server, string? mailbox)
    {
        string text = zone == "long"
            ? $"{new string('a', 63)}.{new string('b', 63)}.{new string('c', 63)}.{new string('d', 61)}."
            : zone;
        ResponseWriter writer = Begin(new byte[2048], "x.");
        Assert.True(writer.TryAddSoa(MessageSection.Authority, Packet.Name(text), 30, 60));
        DnsRecord soa = Assert.Single(DnsMessage.Decode(writer.Message).Authority);
        int offset = 0;
        Assert.Equal(server ?? text, DnsName.Read(soa.Data, ref offset));
        Assert.Equal(mailbox ?? text, DnsName.Read(soa.Data, ref offset));
    }

    [Fact]
    public void TryAdd_ThreeSections_AreCountedApart()
    {
        ResponseWriter writer = Begin(new byte[512], "a.");
        Assert.True(writer.TryAddName(MessageSection.Answer, Packet.Name("a."), RecordType.CNAME, 5, Packet.Name("b.")));
        Assert.True(writer.TryAddAddress(MessageSection.Answer, Packet.Name("b."), 5, new byte[16]));
        Assert.True(writer.TryAddName(MessageSection.Authority, Packet.Name("."), RecordType.NS, 5, Packet.Name("c.")));
        Assert.True(writer.TryAddAddress(MessageSection.Additional, Packet.Name("c."), 5, new byte[4]));

        DnsMessage message = DnsMessage.Decode(writer.Message);
        Assert.Equal((2, 1, 1), (message.Answers.Count, message.Authority.Count, message.Additional.Count));
        Assert.Equal("b.", message.Answers[0].Target);
        Assert.Equal("::", message.Answers[1].Address);
        Assert.False(writer.Overflowed);
    }

    [Fact]
    public void TryAddRecord_SectionOutOfOrder_IsRefusedAndRemembered()
    {
        ResponseWriter writer = Begin(new byte[512], "a.");
        Assert.True(writer.TryAddAddress(MessageSection.Additional, Packet.Name("a."), 5, new byte[4]));
        int length = writer.Length;
        Assert.False(writer.TryAddAddress(MessageSection.Answer, Packet.Name("a."), 5, new byte[4]));
        Assert.True(writer.Overflowed);
        Assert.Equal(length, writer.Length);
    }

    [Fact]
    public void TryAddAddress_NeitherFourNorSixteenBytes_IsRefused()
    {
        ResponseWriter writer = Begin(new byte[512], "a.");
        Assert.False(writer.TryAddAddress(MessageSection.Answer, Packet.Name("a."), 5, new byte[5]));
        Assert.Empty(DnsMessage.Decode(writer.Message).Answers);
    }

    [Fact]
    public void TryAdd_BeforeTryBegin_IsRefused()
    {
        ResponseWriter writer = new(new byte[512]);
        Assert.False(writer.TryAddAddress(MessageSection.Answer, Packet.Name("a."), 5, new byte[4]));
        Assert.Equal(0, writer.Length);
    }

    [Fact]
    public void TryAdd_EveryTooSmallBuffer_LeavesAValidMessage()
    {
        for (int size = 0; size < 200; size++)
        {
            ResponseWriter writer = new(new byte[size]);
            if (!writer.TryBegin(1, Flags, Packet.Name("www.example.com."), RecordType.A, RecordClass.IN))
            {
                Assert.True(size < 33);
                Assert.True(writer.Overflowed);
                continue;
            }

            bool address = writer.TryAddAddress(MessageSection.Answer, Packet.Name("www.example.com."), 1, new byte[4]);
            bool soa = writer.TryAddSoa(MessageSection.Authority, Packet.Name("example.org."), 1, 1);
            DnsMessage message = DnsMessage.Decode(writer.Message);
            Assert.Equal((address ? 1 : 0, soa ? 1 : 0), (message.Answers.Count, message.Authority.Count));
            Assert.Equal(!(address && soa), writer.Overflowed);
            Assert.Equal(0, message.TrailingBytes);
        }
    }

    [Fact]
    public void TryAddRecord_Until64KiB_StopsAtTheLongestMessage()
    {
        ResponseWriter writer = Begin(new byte[100_000], "a.");
        while (writer.TryAddRecord(MessageSection.Answer, Packet.Name("a."), RecordType.TXT, RecordClass.IN, 1, new byte[1000]))
        {
        }

        Assert.InRange(writer.Length, 64_000, WireLimits.MaxMessageLength);
        Assert.True(writer.Overflowed);
        Assert.Equal(0, DnsMessage.Decode(writer.Message).TrailingBytes);
    }

    [Fact]
    public void TryBegin_Again_StartsOver()
    {
        ResponseWriter writer = Begin(new byte[512], "www.example.com.");
        writer.TryAddAddress(MessageSection.Additional, Packet.Name("a."), 5, new byte[4]);
        Assert.True(writer.TryBegin(2, Flags, Packet.Name("b."), RecordType.A, RecordClass.IN));
        Assert.True(writer.TryAddAddress(MessageSection.Answer, Packet.Name("b."), 5, new byte[4]));
        Assert.Equal("b.", Assert.Single(DnsMessage.Decode(writer.Message).AllRecords).Name);
    }

    [Fact]
    public void SetRcode_LongCode_KeepsFourBitsForTheHeader()
    {
        ResponseWriter writer = Begin(new byte[512], "a.");
        writer.SetRcode(ResponseCode.BadCookie);
        Assert.Equal(0x8187, MessageHeader.GetFlags(writer.Message));
        writer.SetAuthoritative(true);
        Assert.Equal(0x8587, MessageHeader.GetFlags(writer.Message));
        writer.SetAuthoritative(false);
        Assert.Equal(0x8187, MessageHeader.GetFlags(writer.Message));
    }

    private static ResponseWriter Begin(byte[] buffer, string name)
    {
        ResponseWriter writer = new(buffer);
        Assert.True(writer.TryBegin(0x1234, Flags, Packet.Name(name), RecordType.A, RecordClass.IN));
        return writer;
    }
}
