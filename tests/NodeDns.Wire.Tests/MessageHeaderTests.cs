using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class MessageHeaderTests
{
    [Fact]
    public void Get_EveryField_ReadsItsOwnBits()
    {
        byte[] header = Packet.Of("""
            abcd           ; ID
            b5a3           ; QR 1, OPCODE 6, AA 1, TC 0, RD 1, RA 1, Z 0, AD 1, CD 0, RCODE 3
            0001 0002 0003 0004
            """);

        Assert.Equal(0xABCD, MessageHeader.GetId(header));
        Assert.Equal(0xB5A3, MessageHeader.GetFlags(header));
        Assert.Equal(OperationCode.StatefulOperations, MessageHeader.GetOpcode(header));
        Assert.Equal(ResponseCode.NameError, MessageHeader.GetRcode(header));
        Assert.Equal(1, MessageHeader.GetQuestionCount(header));
        Assert.Equal(2, MessageHeader.GetAnswerCount(header));
        Assert.Equal(3, MessageHeader.GetAuthorityCount(header));
        Assert.Equal(4, MessageHeader.GetAdditionalCount(header));
    }

    [Fact]
    public void Set_EveryField_LeavesTheOthersAlone()
    {
        byte[] header = new byte[WireLimits.HeaderLength];
        MessageHeader.SetId(header, 0x1122);
        MessageHeader.SetFlags(header, 0x8180);
        MessageHeader.SetRcode(header, ResponseCode.BadVersion);
        MessageHeader.SetQuestionCount(header, 0x0304);
        MessageHeader.SetAnswerCount(header, 0x0506);
        MessageHeader.SetAuthorityCount(header, 0x0708);
        MessageHeader.SetAdditionalCount(header, 0x090A);

        Assert.Equal("112281800304050607 08090a".Replace(" ", ""), Packet.Hex(header));
    }

    [Fact]
    public void SetRcode_OverAnother_ReplacesTheFourBits()
    {
        byte[] header = Packet.Of("0000 818f 0000 0000 0000 0000");
        MessageHeader.SetRcode(header, ResponseCode.Refused);
        Assert.Equal(0x8185, MessageHeader.GetFlags(header));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(11)]
    public void GetAndSet_OnShortBuffer_NeitherThrowNorWrite(int length)
    {
        byte[] header = new byte[length];
        MessageHeader.SetAdditionalCount(header, 0xFFFF);
        Assert.Equal(0, MessageHeader.GetAdditionalCount(header));
        Assert.All(header, b => Assert.Equal(0, b));
    }
}
