using System;
using System.Linq;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>The statements of protocol 1.1 that bytes decide, by their ids.</summary>
public sealed class QueryViewTests
{
    [Fact]
    public void TryParse_PlainQuery_ReadsEveryField()
    {
        byte[] message = Packet.Of("""
            1234 0100 0001 0000 0000 0000    ; id, RD, one question
            03 'wWw' 07 'ExAmple' 03 'com' 00
            001c 0001                        ; AAAA IN
            """);

        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.Equal(0x1234, query.Id);
        Assert.Equal(HeaderFlags.RecursionDesired, query.Flags);
        Assert.Equal("wWw.ExAmple.com.", DomainName.ToText(query.Name));
        Assert.Equal(3, query.LabelCount);
        Assert.Equal(RecordType.AAAA, query.Type);
        Assert.Equal(RecordClass.IN, query.Class);
        Assert.Equal(message.Length, query.QuestionEnd);
        Assert.True(query.RecursionDesired);
        Assert.False(query.CheckingDisabled || query.AuthenticData || query.HasEdns || query.HasKeepalive);
        Assert.False(query.HasClientSubnet || query.DnssecOk);
        Assert.Equal(512, query.UdpPayloadSize);
        Assert.True(query.ClientCookie.IsEmpty && query.EdnsOptions.IsEmpty);
    }

    [Fact]
    public void TryParse_RootQuestion_HasNoLabels()
    {
        byte[] message = Packet.Of("0001 0000 0001 0000 0000 0000 00 0002 0001");
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.Equal(1, query.Name.Length);
        Assert.Equal(0, query.LabelCount);
        Assert.False(query.RecursionDesired);
    }

    [Theory]
    [InlineData("0020", "0001 0001", "AD")]
    [InlineData("0010", "0001 0001", "CD")]
    [InlineData("0040", "0001 0001", "the unknown flag Z")]
    [InlineData("07f5", "0001 0001", "every flag but QR, an rcode in a query")]
    [InlineData("0100", "ff00 0001", "TYPE65280")]
    [InlineData("0100", "0001 0003", "class CHAOS")]
    [InlineData("0100", "0001 0004", "class HESIOD")]
    [InlineData("0100", "ffff ffff", "type and class 65535")]
    [InlineData("0100", "00ff 0001", "ANY")]
    public void M1_UnusualFlagsTypesAndClasses_AreNotRejected(string flags, string typeAndClass, string what)
    {
        byte[] message = Packet.Of($"0001 {flags} 0001 0000 0000 0000 01 'a' 00 {typeAndClass}");
        Assert.True(QueryView.TryParse(message, out QueryView query) == ParseStatus.Ok, what);
        Assert.Equal(typeAndClass, $"{(ushort)query.Type:x4} {(ushort)query.Class:x4}");
    }

    [Fact]
    public void M1_AuthenticDataAndCheckingDisabled_AreReadApart()
    {
        QueryView.TryParse(Packet.Of("0001 0020 0001 0000 0000 0000 00 0001 0001"), out QueryView first);
        QueryView.TryParse(Packet.Of("0001 0010 0001 0000 0000 0000 00 0001 0001"), out QueryView second);
        Assert.True(first.AuthenticData && !first.CheckingDisabled);
        Assert.True(second.CheckingDisabled && !second.AuthenticData);
    }

    [Theory]
    [InlineData("7800", 15)]
    [InlineData("0800", 1)]
    [InlineData("1000", 2)]
    [InlineData("2000", 4)]
    [InlineData("2800", 5)]
    [InlineData("3000", 6)]
    public void M3M17_OtherOpcode_IsNotImplementedWithAndWithoutQuestion(string flags, int opcode)
    {
        byte[] headerOnly = Packet.Of($"0001 {flags} 0000 0000 0000 0000");
        byte[] whole = Packet.Of($"0001 {flags} 0001 0000 0000 0000 01 'a' 00 0006 0001");
        byte[] garbage = Packet.Of($"0001 {flags} ffff ffff ffff ffff ff");

        Assert.Equal(ParseStatus.NotImplemented, QueryView.TryParse(headerOnly, out QueryView query));
        Assert.Equal(opcode, (int)query.Opcode);
        Assert.Equal(1, query.Id);
        Assert.Equal(ParseStatus.NotImplemented, QueryView.TryParse(whole, out _));
        Assert.Equal(ParseStatus.NotImplemented, QueryView.TryParse(garbage, out _));
    }

    [Theory]
    [InlineData("0000 0000 0000 0000", "M6 no question, nothing else")]
    [InlineData("0000 0000 0000 0000 01 'a' 00 0001 0001", "no question counted, one there")]
    [InlineData("0002 0000 0000 0000 01 'a' 00 0001 0001 01 'b' 00 0001 0001", "M5 two questions")]
    [InlineData("ffff 0000 0000 0000 01 'a' 00 0001 0001", "65,535 questions")]
    [InlineData("0001 0000 0000 0000", "no bytes of the question")]
    [InlineData("0001 0000 0000 0000 01 'a'", "QNAME without root")]
    [InlineData("0001 0000 0000 0000 05 'a' 00", "label past the end")]
    [InlineData("0001 0000 0000 0000 01 'a' 00", "no type")]
    [InlineData("0001 0000 0000 0000 01 'a' 00 0001 00", "half a class")]
    [InlineData("0001 0000 0000 0000 c00c 0001 0001", "QNAME is a pointer to itself")]
    [InlineData("0001 0000 0000 0000 01 'a' c00c 0001 0001", "QNAME ends in a pointer")]
    [InlineData("0001 0000 0000 0000 c000 0001 0001", "QNAME points into the header")]
    [InlineData("0001 0000 0000 0000 41 'a' 00 0001 0001", "label type 01")]
    [InlineData("0001 0000 0000 0001 01 'a' 00 0001 0001", "OPT counted, none there")]
    [InlineData("0001 0000 0000 0001 01 'a' 00 0001 0001 00 0029 04d0 0000 0000", "record without its length")]
    [InlineData("0001 0000 0000 0001 01 'a' 00 0001 0001 00 0029 04d0 0000 0000 0004", "RDLENGTH past the end")]
    [InlineData("0001 0001 0000 0000 01 'a' 00 0001 0001 00 0001 0001 0000 0000 0005 01", "answer record cut short")]
    [InlineData("0001 0000 0001 0000 01 'a' 00 0001 0001 c0ff 0001 0001 0000 0000 0000 0000", "authority owner points away")]
    [InlineData("0001 0000 0000 0002 01 'a' 00 0001 0001 00 0029 04d0 0000 0000 0000", "two counted, one there")]
    [InlineData("0001 ffff ffff ffff 01 'a' 00 0001 0001", "65,535 of each")]
    [InlineData("0001 0000 0000 0000 01 'a' 00 0029 0001", "QTYPE OPT")]
    public void M4_MalformedQuery_IsFormatErrorWithoutEdns(string drawing, string what)
    {
        byte[] message = Packet.Of("0001 0100 " + drawing);
        Assert.True(QueryView.TryParse(message, out QueryView query) == ParseStatus.FormatError, what);
        Assert.Equal(1, query.Id);
    }

    [Fact]
    public void M4_NameOf255BytesPasses_AndOneMoreIsFormatError()
    {
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(WithLastLabel(61), out QueryView query));
        Assert.Equal(255, query.Name.Length);
        Assert.Equal(ParseStatus.FormatError, QueryView.TryParse(WithLastLabel(62), out _));

        static byte[] WithLastLabel(int length) => Packet.Of(
            "0001 0100 0001 0000 0000 0000\n" + Label(63) + Label(63) + Label(63) + Label(length) + "00 0001 0001");
        static string Label(int length) => $"{length:x2} '{new string('x', length)}'\n";
    }

    [Fact]
    public void TryParse_127Labels_PassesAndOneMoreIsFormatError()
    {
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(Packet.Query(Repeat("a.", 127)), out QueryView query));
        Assert.Equal(127, query.LabelCount);

        byte[] tooMany = Packet.Join(
            Packet.Of("0001 0100 0001 0000 0000 0000"), Packet.Of(Repeat("01 'a'\n", 128)), Packet.Of("00 0001 0001"));
        Assert.Equal(ParseStatus.FormatError, QueryView.TryParse(tooMany, out _));

        static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
    }

    [Theory]
    [InlineData("00fa 00ff 0000 0000 0000", ParseStatus.Ok, "TSIG alone")]
    [InlineData("00fa 00ff 0000 0000 0000 00 0029 04d0 0000 0000 0000", ParseStatus.FormatError, "TSIG, then OPT")]
    [InlineData("0029 04d0 0000 0000 0000 00 00fa 00ff 0000 0000 0000", ParseStatus.Ok, "OPT, then TSIG")]
    [InlineData("00fa 00ff 0000 0000 0000 00 00fa 00ff 0000 0000 0000", ParseStatus.FormatError, "two TSIGs")]
    public void M4_TransactionSignature_MustBeLast(string records, ParseStatus expected, string what)
    {
        byte[] additional = Packet.Of("00" + records);
        byte[] message = Packet.Join(
            Packet.Of($"0001 0100 0001 0000 0000 {additional.Length / 11:x4} 01 'a' 00 0001 0001"), additional);
        Assert.True(QueryView.TryParse(message, out _) == expected, what);
    }

    [Fact]
    public void M4_TransactionSignatureInTheAnswerSection_IsFormatError()
    {
        byte[] message = Packet.Of("""
            0001 0100 0001 0001 0000 0000 01 'a' 00 0001 0001
            00 00fa 00ff 0000 0000 0000
            """);
        Assert.Equal(ParseStatus.FormatError, QueryView.TryParse(message, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(11)]
    public void TryParse_LessThanAHeader_IsIgnored(int length)
    {
        Assert.Equal(ParseStatus.Ignore, QueryView.TryParse(new byte[length], out QueryView query));
        Assert.Equal(0, query.Id);
    }

    [Fact]
    public void M7_ResponseBit_IsIgnoredWhateverElseIsThere()
    {
        byte[] message = Packet.Query("a.");
        message[2] |= 0x80;
        Assert.Equal(ParseStatus.Ignore, QueryView.TryParse(message, out _));
        Assert.Equal(ParseStatus.Ignore, QueryView.TryParse(Packet.Of("0001 f800 0000 0000 0000 0000"), out _));
    }

    [Theory]
    [InlineData(RecordType.AXFR)]
    [InlineData(RecordType.IXFR)]
    [InlineData(RecordType.TKEY)]
    [InlineData(RecordType.TSIG)]
    [InlineData(RecordType.NXNAME)]
    [InlineData((RecordType)200)]
    [InlineData(RecordType.MAILA)]
    public void M18_TypesThatAreNoData_AreRefusedWithTheirQuestion(RecordType type)
    {
        Assert.Equal(ParseStatus.Refused, QueryView.TryParse(Packet.Query("a.", type, edns: true), out QueryView query));
        Assert.Equal("a.", DomainName.ToText(query.Name));
        Assert.True(query.HasEdns);
    }

    [Theory]
    [InlineData(127)]
    [InlineData(255)]
    [InlineData(256)]
    public void M18_TypesAroundTheRefusedOnes_Pass(int type) =>
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(Packet.Query("a.", (RecordType)type), out _));

    [Fact]
    public void TryParse_TrailingBytes_ChangeNothing()
    {
        byte[] message = Packet.Join(Packet.Query("a.", edns: true), new byte[100]);
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.Equal(12 + 3 + 4, query.QuestionEnd);
    }

    [Fact]
    public void TryParse_EveryPrefixOfAQuery_IsFormatErrorOrIgnored()
    {
        byte[] message = Packet.Query("www.example.com.", edns: true);
        for (int length = 0; length < message.Length; length++)
        {
            ParseStatus expected = length < 12 ? ParseStatus.Ignore : ParseStatus.FormatError;
            Assert.Equal(expected, QueryView.TryParse(message.AsSpan(0, length), out _));
        }
    }
}
