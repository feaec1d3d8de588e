using System.Net;
using System.Net.Sockets;
using NodeDns.Node;
using Xunit;

namespace NodeDns.Tests.Node;

public sealed class PortListenersTests
{
    [Theory]
    [InlineData("  12: 0A14FEA9:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0 0", true)]
    [InlineData("  12: 0A14FEA9:0036 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0 0", false)]
    [InlineData("  12: 0B14FEA9:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0 0", false)]
    [InlineData("  12: 000000FD000000000000000010000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 0 0 0 12345 2 0 0", true)]
    [InlineData("rubbish", false)]
    public void IsOn_LineOfTheKernel_IsReadInTheMachinesByteOrder(string line, bool expected) => Assert.Equal(
        expected, PortListeners.IsOn(line, [IPAddress.Parse("169.254.20.10"), IPAddress.Parse("fd00::10")], 53));

    [Fact]
    public void AnyOther_OwnSocket_IsNoOther()
    {
        using Socket own = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        own.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.97"), 0));

        Assert.False(PortListeners.AnyOther([IPAddress.Parse("127.0.0.97")], ((IPEndPoint)own.LocalEndPoint!).Port));
    }
}
