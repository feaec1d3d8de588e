using System;
using System.Net;
using System.Text;
using NodeDns.Dnstap;
using NodeDns.Linux.Sockets;
using Xunit;

namespace NodeDns.Tests.Dnstap;

/// <summary>The bytes of dnstap.proto; whole messages are read back by others' tools in the end-to-end tests.</summary>
public sealed class DnstapEncoderTests
{
    [Fact]
    public void Write_OneMessage_IsTheFieldsOfTheProtocol()
    {
        byte[] head = DnstapEncoder.Head("n", "v", "");
        byte[] frame = new byte[256];
        DnstapMessage message = new()
        {
            Type = DnstapMessageType.ForwarderResponse,
            Protocol = DnstapProtocol.Tcp,
            Server = PeerAddress.From(IPAddress.Parse("192.0.2.1"), 53),
            QueryTime = 1_000_000_001,
            ResponseTime = 2_000_000_002,
            Response = new byte[] { 0xAB, 0xCD },
        };

        int length = DnstapEncoder.Write(frame, head, message, isFull: true);

        Assert.Equal(
            "0000002A" + "0A016E" + "120176" + "7801" + "7220"
            + "0808" + "1001" + "1802" + "2A04C0000201" + "3835"
            + "4001" + "4D01000000" + "6002" + "6D02000000" + "7202ABCD",
            Convert.ToHexString(frame, 0, length));
        Assert.True(length <= DnstapEncoder.Room(head, message, isFull: true));
    }

    [Fact]
    public void Write_NotFull_LeavesTheMessagesOut()
    {
        byte[] head = DnstapEncoder.Head("", "", "");
        byte[] frame = new byte[DnstapLimits.FieldBytes + 8];
        DnstapMessage message = new()
        {
            Type = DnstapMessageType.ClientQuery,
            Protocol = DnstapProtocol.Udp,
            Client = PeerAddress.From(IPAddress.Parse("2001:db8::1"), 65535),
            LocalServer = LocalAddress.From(IPAddress.Parse("2001:db8::2")),
            QueryTime = long.MaxValue,
            Query = Encoding.ASCII.GetBytes("not to be seen"),
        };

        int length = DnstapEncoder.Write(frame, head, message, isFull: false);

        string bytes = Encoding.Latin1.GetString(frame, 0, length);
        Assert.DoesNotContain("not to be seen", bytes, StringComparison.Ordinal);
        Assert.True(length <= DnstapEncoder.Room(head, message, isFull: false));
    }
}
