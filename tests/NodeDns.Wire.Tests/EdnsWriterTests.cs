using System;
using System.Linq;
using System.Text;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class EdnsWriterTests
{
    [Fact]
    public void TryAppend_Plain_IsElevenBytesAndCounted()
    {
        byte[] buffer = Packet.Join(Packet.Query("a."), new byte[20]);
        int length = 19;
        Assert.True(EdnsWriter.TryAppend(
            buffer, ref length, 1232, true, ResponseCode.NoError, ExtendedError.None, default, false, 0));
        Assert.Equal(30, length);
        Assert.Equal("000029 04d0 00008000 0000".Replace(" ", ""), Packet.Hex(buffer.AsSpan(19, 11)));
        Assert.Equal(1, MessageHeader.GetAdditionalCount(buffer));
    }

    [Fact]
    public void E3_BadVersion_HasItsUpperBitsInTheOptAndVersion0()
    {
        DnsMessage message = Append(ResponseCode.BadVersion, ExtendedError.None, "", false, 0);
        Assert.Equal(Rcode.BadVers, message.Rcode);
        Assert.Equal(0, message.Edns!.Version);
        Assert.Equal(0, message.Edns.Flags);
    }

    [Fact]
    public void TryAppend_ErrorTextAndKeepalive_ReadBack()
    {
        DnsMessage message = Append(ResponseCode.ServerFailure, ExtendedError.NetworkError, "192.0.2.1:53 refused", true, 100);
        ExtendedDnsError error = Assert.Single(message.Edns!.Errors);
        Assert.Equal((23, "192.0.2.1:53 refused"), (error.Code, error.Text));
        EdnsOption keepalive = Assert.Single(message.Edns.Options, o => o.Code == 11);
        Assert.Equal([0, 100], keepalive.Data);
    }

    [Fact]
    public void TryAppend_ErrorCodeZero_IsWrittenAndNoneIsNot()
    {
        Assert.Equal(0, Assert.Single(Append(0, ExtendedError.Other, "", false, 0).Edns!.Errors).Code);
        Assert.Empty(Append(0, ExtendedError.None, "text without an error", false, 0).Edns!.Options);
    }

    [Theory]
    [InlineData(ExtendedError.None, 0, false, 11)]
    [InlineData(ExtendedError.None, 50, false, 11)]
    [InlineData(ExtendedError.StaleAnswer, 0, false, 17)]
    [InlineData(ExtendedError.StaleAnswer, 5, true, 28)]
    [InlineData(ExtendedError.None, 0, true, 17)]
    public void Length_IsWhatTryAppendAdds(ExtendedError error, int text, bool keepalive, int expected)
    {
        Assert.Equal(expected, EdnsWriter.Length(error, text, keepalive));

        for (int room = 0; room <= expected; room++)
        {
            byte[] buffer = Packet.Join(Packet.Query("a."), new byte[room]);
            byte[] before = [.. buffer];
            int length = 19;
            bool isAdded = EdnsWriter.TryAppend(
                buffer, ref length, 1232, false, ResponseCode.NoError, error, new byte[text], keepalive, 1);
            Assert.Equal(room == expected, isAdded);
            Assert.Equal(isAdded ? 19 + expected : 19, length);
            Assert.True(isAdded || before.SequenceEqual(buffer));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(31)]
    [InlineData(-1)]
    public void TryAppend_LengthThatIsNoMessage_IsRefused(int length)
    {
        byte[] buffer = new byte[30];
        Assert.False(EdnsWriter.TryAppend(
            buffer, ref length, 1232, false, ResponseCode.NoError, ExtendedError.None, default, false, 0));
    }

    private static DnsMessage Append(ResponseCode rcode, ExtendedError error, string text, bool keepalive, ushort timeout)
    {
        byte[] buffer = Packet.Join(Packet.Query("a."), new byte[200]);
        MessageHeader.SetRcode(buffer, rcode);
        int length = 19;
        Assert.True(EdnsWriter.TryAppend(
            buffer, ref length, 1232, false, rcode, error, Encoding.UTF8.GetBytes(text), keepalive, timeout));
        return DnsMessage.Decode(buffer.AsSpan(0, length));
    }
}
