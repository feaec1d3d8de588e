using System;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class TruncationTests
{
    private const int QuestionEnd = 19;

    [Fact]
    public void Fit_AtOrAboveItsLength_ChangesNothing()
    {
        byte[] message = Message();
        byte[] before = [.. message];
        Assert.Equal(message.Length, Truncation.Fit(message, message.Length, message.Length));
        Assert.Equal(message.Length, Truncation.Fit(message, message.Length, 65535));
        Assert.Equal(before, message);
    }

    [Fact]
    public void Fit_WithoutTheAdditionalSection_SetsNoTruncation()
    {
        byte[] message = Message();
        int length = Truncation.Fit(message, message.Length, message.Length - 1);
        DnsMessage fitted = DnsMessage.Decode(message.AsSpan(0, length));
        Assert.Equal((2, 1, 0), (fitted.Answers.Count, fitted.Authority.Count, fitted.Additional.Count));
        Assert.Equal((false, 0), (fitted.Truncated, fitted.TrailingBytes));
    }

    [Fact]
    public void E7_Fit_AnswersTooLong_LeavesHeaderAndQuestionWithTruncation()
    {
        byte[] message = Message();
        int length = Truncation.Fit(message, message.Length, 50);
        DnsMessage fitted = DnsMessage.Decode(message.AsSpan(0, length));
        Assert.Equal(QuestionEnd, length);
        Assert.True(fitted.Truncated && fitted.IsResponse);
        Assert.Equal("a.", fitted.Question.Name);
        Assert.Empty(fitted.AllRecords);
    }

    [Fact]
    public void Fit_EveryLimit_IsValidAndWithinIt()
    {
        for (int limit = 0; limit < Message().Length + 2; limit++)
        {
            byte[] message = Message();
            int length = Truncation.Fit(message, message.Length, limit);
            Assert.True(length <= limit || length == QuestionEnd);
            Assert.Equal(0, DnsMessage.Decode(message.AsSpan(0, length)).TrailingBytes);
        }
    }

    [Fact]
    public void ToQuestion_UnreadableQuestion_LeavesTheHeader()
    {
        byte[] message = Packet.Of("0001 8180 0001 0001 0000 0000 c00c 0001 0001");
        Assert.Equal(12, Truncation.ToQuestion(message, message.Length));
        Assert.Equal("000183800000000000000000", Packet.Hex(message.AsSpan(0, 12)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(100)]
    public void ToQuestion_LengthThatIsNoMessage_IsNothing(int length) =>
        Assert.Equal(0, Truncation.ToQuestion(new byte[40], length));

    private static byte[] Message()
    {
        DnsMessage message = DnsMessage.Query("a.").With(HeaderBits.Response);
        message.Answers.Add(DnsRecord.A("a.", "192.0.2.1"));
        message.Answers.Add(DnsRecord.A("a.", "192.0.2.2"));
        message.Authority.Add(DnsRecord.Ns("a.", "ns.a."));
        message.Additional.Add(DnsRecord.A("ns.a.", "192.0.2.3"));
        return message.Encode(compress: true);
    }
}
