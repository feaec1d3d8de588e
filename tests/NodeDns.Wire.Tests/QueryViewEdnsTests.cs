using System.Linq;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>The statements of protocol 1.2 that bytes decide, by their ids.</summary>
public sealed class QueryViewEdnsTests
{
    private const string Question = "01 'a' 00 0001 0001\n";
    private const string OneAdditional = "0001 0100 0001 0000 0000 0001\n" + Question;

    [Fact]
    public void E1_NoOpt_LeavesTheLimitAt512()
    {
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(Packet.Query("a."), out QueryView query));
        Assert.False(query.HasEdns);
        Assert.Equal(512, query.UdpPayloadSize);
        Assert.Equal(-1, query.KeepaliveLength);
    }

    [Fact]
    public void E2_OptOfVersion0_IsRead()
    {
        byte[] message = Packet.Of(OneAdditional + """
            00 0029       ; the root, OPT
            04d0          ; 1232 bytes
            00 00 8000    ; rcode 0, version 0, DO
            0000          ; no options
            """);
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.True(query.HasEdns);
        Assert.True(query.DnssecOk);
        Assert.Equal(1232, query.UdpPayloadSize);
        Assert.Equal(0, query.EdnsVersion);
    }

    [Theory]
    [InlineData("01", 1)]
    [InlineData("64", 100)]
    [InlineData("ff", 255)]
    public void E3_LaterVersion_IsBadVersionWithItsQuestion(string version, int expected)
    {
        // Its options do not parse as version 0's: they must not be judged as if they were.
        byte[] message = Packet.Of(OneAdditional + $"00 0029 04d0 00 {version} 0000 0003 ffffff");
        Assert.Equal(ParseStatus.BadVersion, QueryView.TryParse(message, out QueryView query));
        Assert.Equal(expected, query.EdnsVersion);
        Assert.True(query.HasEdns);
        Assert.Equal("a.", DomainName.ToText(query.Name));
    }

    [Fact]
    public void E4_UnknownOption_IsSkipped()
    {
        byte[] message = Packet.Of(OneAdditional + "00 0029 04d0 00000000 0006 0064 0002 abcd");
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.Equal("00640002abcd", Packet.Hex(query.EdnsOptions));
        Assert.False(query.HasClientSubnet || query.HasKeepalive);
    }

    [Fact]
    public void E5_UnknownEdnsFlags_AreIgnored()
    {
        byte[] message = Packet.Of(OneAdditional + "00 0029 04d0 00 00 7fff 0000");
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.False(query.DnssecOk);
    }

    [Theory]
    [InlineData("0000", 512)]
    [InlineData("0064", 512)]
    [InlineData("01ff", 512)]
    [InlineData("0201", 513)]
    [InlineData("ffff", 65535)]
    public void E6_SmallPayloadSize_CountsAs512(string size, int expected)
    {
        QueryView.TryParse(Packet.Of(OneAdditional + $"00 0029 {size} 00000000 0000"), out QueryView query);
        Assert.Equal(expected, query.UdpPayloadSize);
    }

    [Theory]
    [InlineData("0000 0000 0002", "00 0029 04d0 00000000 0000  00 0029 04d0 00000000 0000", "two OPTs")]
    [InlineData("0001 0000 0000", "00 0029 04d0 00000000 0000", "OPT among the answers")]
    [InlineData("0000 0001 0000", "00 0029 04d0 00000000 0000", "OPT in the authority section")]
    [InlineData("0000 0000 0001", "01 'b' 00 0029 04d0 00000000 0000", "OPT of a name")]
    [InlineData("0000 0000 0001", "c00e 0029 04d0 00000000 0000", "OPT of the root, by a pointer")]
    [InlineData("0000 0000 0001", "00 0029 04d0 00000000 0006 0064 0003 abcd", "option one byte too long")]
    [InlineData("0000 0000 0001", "00 0029 04d0 00000000 0006 0064 ffff abcd", "option of 65,535 bytes")]
    [InlineData("0000 0000 0001", "00 0029 04d0 00000000 0003 0064 00", "three bytes of options")]
    [InlineData("0000 0000 0001", "00 0029 04d0 00000000 0001 00", "one byte of options")]
    public void E8_BrokenOpt_IsFormatErrorWithEdns(string counts, string records, string what)
    {
        byte[] message = Packet.Of($"0001 0100 0001 {counts}\n" + Question + records);
        Assert.True(QueryView.TryParse(message, out _) == ParseStatus.FormatErrorWithEdns, what);
    }

    [Fact]
    public void E8_BrokenOptAndUnreadableRecordBehind_IsFormatErrorWithoutEdns()
    {
        byte[] message = Packet.Of("0001 0100 0001 0000 0000 0002\n" + Question
            + "01 'b' 00 0029 04d0 00000000 0000  00 0001 0001 00000000 0009");
        Assert.Equal(ParseStatus.FormatError, QueryView.TryParse(message, out _));
    }

    [Fact]
    public void E9_ManyOptions_AreReadOnceAndInLinearTime()
    {
        // 10,000 options in one message: keepalives, cookies and subnets over and over.
        byte[] options = [.. Enumerable.Range(0, 2500).SelectMany(i => Packet.Of(
            $"000b 0000  000a 0008 {i:x16}  0008 0000  0064 0000".Replace(" ", "")))];
        byte[] head = Packet.Of(OneAdditional + "00 0029 04d0 00000000 " + $"{options.Length:x4}");
        byte[] message = Packet.Join(head, options);

        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.True(Cost.OfBest(() => QueryView.TryParse(message, out _)) < Cost.Allowed);
        Assert.Equal(0, query.KeepaliveLength);
        Assert.True(query.HasClientSubnet);
        Assert.Equal("0000000000000000", Packet.Hex(query.ClientCookie));
    }

    [Theory]
    [InlineData("0008", "0102030405060708", ParseStatus.Ok)]
    [InlineData("0010", "01020304050607081112131415161718", ParseStatus.Ok)]
    [InlineData("0000", "", ParseStatus.FormatErrorWithEdns)]
    [InlineData("0007", "01020304050607", ParseStatus.FormatErrorWithEdns)]
    [InlineData("0009", "010203040506070809", ParseStatus.FormatErrorWithEdns)]
    [InlineData("000f", "010203040506070811121314151617", ParseStatus.FormatErrorWithEdns)]
    public void F4_CookieOfAWrongLength_IsFormatErrorWithEdns(string length, string data, ParseStatus expected)
    {
        byte[] option = Packet.Of($"000a {length} {data}");
        byte[] message = Packet.Join(Packet.Of(OneAdditional + $"00 0029 04d0 00000000 {option.Length:x4}"), option);
        Assert.Equal(expected, QueryView.TryParse(message, out QueryView query));
        if (expected == ParseStatus.Ok)
        {
            Assert.Equal("0102030405060708", Packet.Hex(query.ClientCookie));
        }
    }

    [Theory]
    [InlineData(32, ParseStatus.Ok)]
    [InlineData(33, ParseStatus.FormatErrorWithEdns)]
    public void F4_LongestServerCookie_PassesAndOneMoreDoesNot(int serverBytes, ParseStatus expected)
    {
        int length = 8 + serverBytes;
        byte[] message = Packet.Join(
            Packet.Of(OneAdditional + $"00 0029 04d0 00000000 {length + 4:x4} 000a {length:x4}"), new byte[length]);
        Assert.Equal(expected, QueryView.TryParse(message, out _));
    }

    [Theory]
    [InlineData("000b 0000", 0)]
    [InlineData("000b 0002 0064", 2)]
    [InlineData("000b 0000 000b 0002 0064", 2)]
    [InlineData("0064 0000", -1)]
    public void T6_Keepalive_IsReportedForTheTransportToJudge(string options, int expected)
    {
        byte[] data = Packet.Of(options);
        byte[] message = Packet.Join(Packet.Of(OneAdditional + $"00 0029 04d0 00000000 {data.Length:x4}"), data);
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.Equal(expected, query.KeepaliveLength);
        Assert.Equal(expected >= 0, query.HasKeepalive);
    }

    [Fact]
    public void M21_ClientSubnet_IsSeen()
    {
        byte[] message = Packet.Of(OneAdditional + "00 0029 04d0 00000000 000b 0008 0007 0001 18 00 c0a801");
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.True(query.HasClientSubnet);
    }

    [Fact]
    public void TryParse_OptBehindAnotherRecord_IsFound()
    {
        byte[] message = Packet.Of("0001 0100 0001 0000 0000 0002\n" + Question + """
            c00c 0001 0001 00000000 0004 01020304   ; an address nobody asked a client for
            00 0029 1000 00008000 0000
            """);
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(message, out QueryView query));
        Assert.Equal(4096, query.UdpPayloadSize);
        Assert.True(query.DnssecOk);
    }
}
