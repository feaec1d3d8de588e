using System;
using System.Net;
using NodeDns.Linux.Sockets;
using Xunit;

namespace NodeDns.Linux.Tests.Sockets;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:53", false, 53)]
    [InlineData("255.1.2.3:65535", false, 65535)]
    [InlineData("[2001:db8::1]:5300", true, 5300)]
    [InlineData("[fe80::1%3]:53", true, 53)]
    public void From_EndPoint_ComesBackTheSame(string text, bool isIPv6, int port)
    {
        IPEndPoint endPoint = IPEndPoint.Parse(text);
        PeerAddress address = PeerAddress.From(endPoint);
        Assert.Equal(endPoint, address.ToEndPoint());
        Assert.Equal(isIPv6, address.IsIPv6);
        Assert.Equal(port, address.Port);
        Assert.Equal(endPoint.Address.GetAddressBytes(), address.AddressBytes.ToArray());
    }

    [Fact]
    public void From_MappedIPv4_IsTheIPv4Address()
    {
        PeerAddress address = PeerAddress.From(IPAddress.Parse("::ffff:192.0.2.9"), 53);
        Assert.False(address.IsIPv6);
        Assert.Equal("192.0.2.9:53", address.ToString());
    }

    [Theory]
    [InlineData("192.0.2.1:53", "192.0.2.1:53", true)]
    [InlineData("192.0.2.1:53", "192.0.2.1:54", false)]
    [InlineData("192.0.2.1:53", "192.0.2.2:53", false)]
    [InlineData("[2001:db8::1]:53", "[2001:db8::1]:53", true)]
    [InlineData("[2001:db8::1]:53", "[2001:db8::2]:53", false)]
    [InlineData("[2001:db8:1::]:53", "[2001:db8:2::]:53", false)]
    [InlineData("[fe80::1%2]:53", "[fe80::1%3]:53", false)]
    [InlineData("0.0.0.0:53", "[::]:53", false)]
    public void Equals_TwoAddresses_ComparesAddressAndPort(string left, string right, bool equal)
    {
        PeerAddress first = PeerAddress.From(IPEndPoint.Parse(left));
        PeerAddress second = PeerAddress.From(IPEndPoint.Parse(right));
        Assert.Equal(equal, first == second);
        Assert.True(!equal || first.GetHashCode() == second.GetHashCode());
    }

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("0.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("1::", false)]
    public void IsWildcard_Address_IsTrueForNoAddressOnly(string text, bool expected) =>
        Assert.Equal(expected, PeerAddress.From(IPAddress.Parse(text), 53).IsWildcard);

    [Fact]
    public void CopyAddress_EitherFamily_GivesItsBytes()
    {
        byte[] bytes = new byte[16];
        Assert.Equal(4, PeerAddress.From(IPAddress.Parse("1.2.3.4"), 5).CopyAddress(bytes));
        Assert.Equal([1, 2, 3, 4], bytes[..4]);
        Assert.Equal(16, PeerAddress.From(IPAddress.Parse("2001:db8::7"), 5).CopyAddress(bytes));
        Assert.Equal(IPAddress.Parse("2001:db8::7").GetAddressBytes(), bytes);
    }

    [Fact]
    public void WithPort_Address_ChangesNothingElse()
    {
        PeerAddress address = PeerAddress.From(IPEndPoint.Parse("[2001:db8::1]:1"));
        Assert.Equal("[2001:db8::1]:1000", address.WithPort(1000).ToString());
    }

    [Fact]
    public void FromBytes_TooFewBytes_Throws() =>
        Assert.ThrowsAny<ArgumentException>(() => PeerAddress.FromBytes([1, 2, 3], 53));

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void LocalAddress_FromAddress_ComesBackTheSame(string text)
    {
        LocalAddress address = LocalAddress.From(IPAddress.Parse(text));
        Assert.Equal(text, address.ToString());
        Assert.False(address.IsDefault);
        Assert.Equal(address, LocalAddress.FromBytes(IPAddress.Parse(text).GetAddressBytes()));
    }

    [Fact]
    public void LocalAddress_LinkLocal_AloneKeepsItsInterface()
    {
        byte[] linkLocal = IPAddress.Parse("fe80::1").GetAddressBytes();
        byte[] global = IPAddress.Parse("2001:db8::1").GetAddressBytes();
        Assert.Equal(3u, LocalAddress.FromBytes(linkLocal, 3).InterfaceIndex);
        Assert.Equal(0u, LocalAddress.FromBytes(global, 3).InterfaceIndex);
    }
}
