using System.Net;
using NodeDns.Config.Values;
using Xunit;

namespace NodeDns.Tests.Config.Values;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:db8::53")]
    [InlineData("::ffff:10.0.0.1")]
    public void TryParse_Address_Read(string text)
    {
        Assert.True(AddressText.TryParse(text, out IPAddress address));
        Assert.Equal(IPAddress.Parse(text), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.1")]
    [InlineData("1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData(" 1.2.3.4")]
    [InlineData("[::1]")]
    [InlineData("::1/64")]
    [InlineData("example.org")]
    [InlineData(":")]
    public void TryParse_WhatOnlyLooksLikeAnAddress_Refused(string text) =>
        Assert.False(AddressText.TryParse(text, out _));

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3/32", "10.1.2.3/32")]
    [InlineData("2001:db8::1/33", "2001:db8::/33")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void TryParseNetwork_BitsBehindTheMask_Dropped(string text, string expected)
    {
        Assert.True(AddressText.TryParseNetwork(text, out IPNetwork network));
        Assert.Equal(IPNetwork.Parse(expected), network);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0/8")]
    [InlineData("/8")]
    public void TryParseNetwork_BadText_Refused(string text) => Assert.False(AddressText.TryParseNetwork(text, out _));

    [Theory]
    [InlineData("127.0.0.1:53", "127.0.0.1", "53")]
    [InlineData(":8080", "", "8080")]
    [InlineData("[::1]:53", "::1", "53")]
    [InlineData("a:b", "a", "b")]
    public void TrySplitHostPort_WithPort_Both(string text, string host, string port)
    {
        Assert.True(AddressText.TrySplitHostPort(text, out string foundHost, out string foundPort));
        Assert.Equal((host, port), (foundHost, foundPort));
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public void TrySplitHostPort_WithoutPort_Refused(string text) =>
        Assert.False(AddressText.TrySplitHostPort(text, out _, out _));
}
