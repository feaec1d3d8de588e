using System;
using System.Text;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class DomainNameTextTests
{
    [Theory]
    [InlineData(".", "00")]
    [InlineData("a", "01 'a' 00")]
    [InlineData("a.", "01 'a' 00")]
    [InlineData("Www.Example.com.", "03 'Www' 07 'Example' 03 'com' 00")]
    [InlineData("a\\.b.c.", "03 'a.b' 01 'c' 00")]
    [InlineData("\\000\\255.", "02 00ff 00")]
    [InlineData("_http._tcp.", "05 '_http' 04 '_tcp' 00")]
    [InlineData("*.x.", "01 '*' 01 'x' 00")]
    public void TryParse_Text_WritesWireForm(string text, string drawing)
    {
        byte[] name = new byte[255];
        Assert.True(DomainName.TryParse(text, name, out int length));
        Assert.Equal(Packet.Hex(Packet.Of(drawing)), Packet.Hex(name.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a..")]
    [InlineData("a\\")]
    [InlineData("a\\25")]
    [InlineData("a\\256")]
    [InlineData("a\\2x5")]
    [InlineData("b\u00fccher.")]
    [InlineData("\\\u00fc.")]
    public void TryParse_NotAName_IsRefused(string text) =>
        Assert.False(DomainName.TryParse(text, new byte[255], out _));

    [Fact]
    public void TryParse_LabelsAndNamesAtTheirLimits_PassAndOneMoreDoesNot()
    {
        byte[] name = new byte[300];
        string longest = new string('a', 63) + "." + new string('b', 63) + "." + new string('c', 63) + ".";
        Assert.True(DomainName.TryParse(longest + new string('d', 61), name, out int length));
        Assert.Equal(255, length);
        Assert.True(DomainName.TryParse(longest + new string('d', 61) + ".", name, out _));
        Assert.False(DomainName.TryParse(longest + new string('d', 62), name, out _));
        Assert.False(DomainName.TryParse(longest + new string('d', 62) + ".", name, out _));
        Assert.False(DomainName.TryParse(new string('a', 64), name, out _));
    }

    [Fact]
    public void TryParse_EveryTooSmallDestination_IsRefusedWithoutThrowing()
    {
        for (int size = 0; size < 17; size++)
        {
            Assert.False(DomainName.TryParse("www.example.com.", new byte[size], out _));
            Assert.False(DomainName.TryParse("www.example.com", new byte[size], out _));
        }

        Assert.True(DomainName.TryParse("www.example.com", new byte[17], out _));
    }

    [Theory]
    [InlineData("00", ".")]
    [InlineData("03 'www' 00", "www.")]
    [InlineData("03 'a.b' 00", "a\\.b.")]
    [InlineData("04 'a' 0a '\"' 7f 00", "a\\010\\\"\\127.")]
    [InlineData("02 ' \\' 00", "\\032\\\\.")]
    [InlineData("09 'cut'", "cut.")]
    public void ToText_AnyBytes_AreEscaped(string drawing, string expected) =>
        Assert.Equal(expected, DomainName.ToText(Packet.Of(drawing)));

    [Fact]
    public void ToText_ThenTryParse_GivesTheNameBackForEveryByte()
    {
        byte[] again = new byte[255];
        for (int value = 0; value < 256; value++)
        {
            byte[] name = [3, (byte)value, (byte)'x', (byte)value, 0];
            Assert.True(DomainName.TryParse(DomainName.ToText(name), again, out int length));
            Assert.Equal(name, again[..length]);
        }
    }

    [Fact]
    public void ToText_LongestName_IsPlainAscii()
    {
        StringBuilder text = new();
        for (int i = 0; i < WireLimits.MaxLabels; i++)
        {
            text.Append((char)('a' + (i % 26))).Append('.');
        }

        Assert.Equal(text.ToString(), DomainName.ToText(Packet.Name(text.ToString())));
    }
}
