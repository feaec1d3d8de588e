using System;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class DomainNameTests
{
    /// <summary>Twelve bytes of header, so that offsets are as on the wire.</summary>
    private const string Header = "0000 0000 0000 0000 0000 0000\n";

    [Theory]
    [InlineData("00", 13)]
    [InlineData("01 'a' 00", 15)]
    [InlineData("03 'www' 07 'example' 00 ffff", 25)]
    public void TrySkip_PlainName_EndsBehindTheRoot(string drawing, int expected)
    {
        Assert.True(DomainName.TrySkip(Packet.Of(Header + drawing), 12, out int end));
        Assert.Equal(expected, end);
    }

    [Fact]
    public void TrySkip_Pointer_EndsBehindIt()
    {
        byte[] message = Packet.Of(Header + """
            01 'a' 00      ; 12: a.
            01 'b' c00c    ; 15: b.a.
            """);
        Assert.True(DomainName.TrySkip(message, 15, out int end));
        Assert.Equal(19, end);
    }

    [Theory]
    [InlineData("", "nothing there")]
    [InlineData("01", "label without its byte")]
    [InlineData("03 'ww'", "label cut short")]
    [InlineData("01 'a'", "no root")]
    [InlineData("c0", "half a pointer")]
    [InlineData("c00c", "pointer to itself")]
    [InlineData("01 'a' c00c", "pointer to the start of its own name")]
    [InlineData("01 'a' c00e", "pointer to itself behind a label")]
    [InlineData("c0ff", "pointer past the end")]
    [InlineData("c00e 00", "pointer forwards")]
    [InlineData("c000", "pointer into the header")]
    [InlineData("40 00", "label type 01 of RFC 2673")]
    [InlineData("80 00", "label type 10, never defined")]
    public void TrySkipAndTryExpand_BrokenName_AreRefused(string drawing, string why)
    {
        byte[] message = Packet.Of(Header + drawing);
        Assert.False(DomainName.TrySkip(message, 12, out _), why);
        Assert.False(DomainName.TryExpand(message, 12, new byte[255], out _, out _), why);
        Assert.False(DomainName.EqualsIgnoreCase(message, 12, Packet.Name("a.")), why);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(13)]
    [InlineData(int.MaxValue)]
    public void TrySkipAndTryExpand_OffsetOutside_AreRefused(int offset)
    {
        byte[] message = Packet.Of(Header + "00");
        Assert.False(DomainName.TrySkip(message, offset, out _));
        Assert.False(DomainName.TryExpand(message, offset, new byte[255], out _, out _));
    }

    [Fact]
    public void TryExpand_ChainOfPointers_WritesTheWholeName()
    {
        byte[] message = Packet.Of(Header + """
            03 'com' 00              ; 12
            07 'example' c00c        ; 17
            03 'wWw' c011 ffff       ; 27
            """);
        byte[] name = new byte[255];
        Assert.True(DomainName.TryExpand(message, 27, name, out int length, out int end));
        Assert.Equal("wWw.example.com.", DomainName.ToText(name.AsSpan(0, length)));
        Assert.Equal(33, end);
    }

    [Fact]
    public void TryExpand_TooSmallDestination_IsRefused()
    {
        byte[] message = Packet.Of(Header + "03 'www' 00");
        Assert.False(DomainName.TryExpand(message, 12, new byte[4], out _, out _));
        Assert.True(DomainName.TryExpand(message, 12, new byte[5], out _, out _));
    }

    [Fact]
    public void TrySkip_NameOf255Bytes_PassesAndOneMoreDoesNot()
    {
        byte[] longest = LongName(63, 63, 63, 61);
        byte[] tooLong = LongName(63, 63, 63, 62);
        Assert.Equal((255, 256), (longest.Length, tooLong.Length));

        byte[] header = new byte[12];
        Assert.True(DomainName.TrySkip(Packet.Join(header, longest), 12, out _));
        Assert.True(DomainName.TryExpand(Packet.Join(header, longest), 12, new byte[300], out _, out _));
        Assert.False(DomainName.TrySkip(Packet.Join(header, tooLong), 12, out _));
        Assert.False(DomainName.TryExpand(Packet.Join(header, tooLong), 12, new byte[300], out _, out _));
    }

    [Fact]
    public void TryExpand_PointerThatMakesTheNameTooLong_IsRefused()
    {
        byte[] first = LongName(63, 63, 63, 61);
        byte[] message = Packet.Join(new byte[12], first, [1, (byte)'x', 0xC0, 12]);

        Assert.True(DomainName.TrySkip(message, 12 + first.Length, out _));
        Assert.False(DomainName.TryExpand(message, 12 + first.Length, new byte[300], out _, out _));
    }

    [Theory]
    [InlineData(".", 0)]
    [InlineData("a.", 1)]
    [InlineData("kubernetes.default.svc.cluster.local.", 5)]
    public void CountLabels_AnyName_LeavesOutTheRoot(string name, int expected) =>
        Assert.Equal(expected, DomainName.CountLabels(Packet.Name(name)));

    [Fact]
    public void LabelOffsets_Name_PointAtTheLengths()
    {
        byte[] offsets = new byte[WireLimits.MaxLabels];
        int count = DomainName.LabelOffsets(Packet.Name("www.example.com."), offsets);
        Assert.Equal([0, 4, 12], offsets[..count]);
        Assert.Equal(2, DomainName.LabelOffsets(Packet.Name("www.example.com."), new byte[2]));
    }

    [Theory]
    [InlineData("example.com.", "example.com.", true)]
    [InlineData("www.example.com.", "example.com.", true)]
    [InlineData("www.example.com.", ".", true)]
    [InlineData(".", ".", true)]
    [InlineData("badexample.com.", "example.com.", false)]
    [InlineData("com.", "example.com.", false)]
    [InlineData(".", "com.", false)]
    [InlineData("example.org.", "example.com.", false)]
    public void IsSameOrBelow_NameAndZone_MeetAtLabels(string name, string zone, bool expected) =>
        Assert.Equal(expected, DomainName.IsSameOrBelow(Packet.Name(name), Packet.Name(zone)));

    [Fact]
    public void IsSameOrBelow_ZoneInsideALabel_IsNotAboveIt()
    {
        // One label whose bytes are those of the zone's wire form.
        byte[] name = Packet.Of("05 'x' 03 'com' 00");
        Assert.False(DomainName.IsSameOrBelow(name, Packet.Name("com.")));
    }

    private static byte[] LongName(params int[] labels)
    {
        byte[] name = [];
        foreach (int label in labels)
        {
            byte[] bytes = new byte[label];
            Array.Fill(bytes, (byte)'l');
            name = Packet.Join(name, [(byte)label], bytes);
        }

        return Packet.Join(name, [0]);
    }
}
