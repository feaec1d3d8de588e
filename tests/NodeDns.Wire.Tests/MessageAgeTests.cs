using System;
using System.Buffers.Binary;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class MessageAgeTests
{
    // Question a. A IN; answer a. A 300; additional a. A with the top bit set, and an OPT whose "TTL" is flags.
    private static byte[] Message() =>
    [
        0, 0, 0x80, 0, 0, 1, 0, 1, 0, 0, 0, 2,
        1, (byte)'a', 0, 0, 1, 0, 1,
        0xC0, 12, 0, 1, 0, 1, 0, 0, 0x01, 0x2C, 0, 4, 192, 0, 2, 1,
        0xC0, 12, 0, 1, 0, 1, 0x80, 0, 0, 1, 0, 4, 192, 0, 2, 2,
        0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0,
    ];

    [Theory]
    [InlineData(0u, 300u)]
    [InlineData(1u, 299u)]
    [InlineData(300u, 0u)]
    [InlineData(301u, 0u)]
    [InlineData(uint.MaxValue, 0u)]
    public void Subtract_Seconds_NoTtlGoesBelowZero(uint seconds, uint ttl)
    {
        byte[] message = Message();

        MessageAge.Subtract(message, seconds);

        Assert.Equal(ttl, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(25)));
    }

    [Fact]
    public void Subtract_OptRecord_KeepsItsFlags()
    {
        byte[] message = Message();

        MessageAge.Subtract(message, 10);

        Assert.Equal(Message()[^11..], message[^11..]);
        Assert.Equal(int.MaxValue - 10u, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(41)));
    }

    [Fact]
    public void Subtract_CutAnywhere_DoesNotRead()
    {
        for (int length = 0; length < Message().Length; length++)
        {
            MessageAge.Subtract(Message().AsSpan(0, length), 10);
        }
    }
}
