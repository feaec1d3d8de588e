using System;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class ErrorReplyTests
{
    [Theory]
    [InlineData("1234 7920 0000 0000 0000 0000", ResponseCode.NotImplemented, "1234 f804 0000 0000 0000 0000")]
    [InlineData("1234 2fff ffff ffff ffff ffff", ResponseCode.NotImplemented, "1234 a804 0000 0000 0000 0000")]
    [InlineData("00ff 0100 0002 0000 0000 0000", ResponseCode.FormatError, "00ff 8181 0000 0000 0000 0000")]
    [InlineData("00ff 0000 0000 0000 0000 0000", ResponseCode.FormatError, "00ff 8081 0000 0000 0000 0000")]
    [InlineData("00ff 0670 0000 0000 0000 0000", ResponseCode.Refused, "00ff 8085 0000 0000 0000 0000")]
    public void M3M4_Write_IsTwelveBytesWithIdAndOpcode(string request, ResponseCode rcode, string expected)
    {
        byte[] reply = new byte[512];
        Array.Fill(reply, (byte)0xEE);
        Assert.Equal(12, ErrorReply.Write(reply, Packet.Of(request), rcode));
        Assert.Equal(expected.Replace(" ", ""), Packet.Hex(reply.AsSpan(0, 12)));
        Assert.Equal(0xEE, reply[12]);
    }

    [Fact]
    public void Write_OverTheQueryItself_IsTheSame()
    {
        byte[] message = Packet.Query("a.");
        Assert.Equal(12, ErrorReply.Write(message, message, ResponseCode.FormatError));
        Assert.Equal("123481810000000000000000", Packet.Hex(message.AsSpan(0, 12)));
    }

    [Theory]
    [InlineData(11, 12)]
    [InlineData(12, 11)]
    [InlineData(0, 0)]
    public void Write_TooShortOnEitherSide_WritesNothing(int reply, int request)
    {
        byte[] buffer = new byte[reply];
        Assert.Equal(0, ErrorReply.Write(buffer, new byte[request], ResponseCode.FormatError));
        Assert.All(buffer, b => Assert.Equal(0, b));
    }
}
