using System;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>
/// What is taken for the answer to a question, and what is waited past: protocol 1.7 and 2.1 on bytes.
/// </summary>
public sealed class ResponseViewTests
{
    private static readonly byte[] s_asked = Packet.Name("www.example.com.");

    private const string Question = "03 'www' 07 'example' 03 'com' 00 0001 0001\n"; // 12 to 33
    private const string OneAnswer = "0001 8180 0001 0001 0000 0000 " + Question;
    private const string OneAdditional = "0001 8180 0001 0000 0000 0001 " + Question;
    private const string Answer = "c00c 0001 0001 0000012c 0004 c0000201\n";          // 33 to 49

    [Fact]
    public void TryParse_PositiveAnswer_IsReadWhole()
    {
        byte[] message = Packet.Of("beef 81a0 0001 0001 0000 0001\n" + Question + Answer + """
            00 0029 04d0 00 00 8000 0000   ; 49: OPT, DO
            """);
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.Equal(0xBEEF, response.Id);
        Assert.Equal(0x81A0, response.Flags);
        Assert.Equal(ResponseCode.NoError, response.Rcode);
        Assert.True(response.IsAuthenticData);
        Assert.False(response.IsTruncated);
        Assert.Equal((33, 49, 49), (response.QuestionEnd, response.AnswerEnd, response.AuthorityEnd));
        Assert.Equal((1, 0, 0), (response.AnswerCount, response.AuthorityCount, response.AdditionalCount));
        Assert.Equal((true, 49, 60, true), (response.HasEdns, response.EdnsOffset, response.EdnsEnd, response.EdnsIsLast));
        Assert.Equal(ExtendedError.None, response.ExtendedError);
        Assert.Equal(300u, response.MinTtl);
        Assert.Equal(AnswerShape.Positive, response.Shape);
        Assert.False(response.HasSoa || response.HasDelegation || response.HasDnssecRecords);
    }

    [Fact]
    public void TryParse_TrailingBytes_AreCutOff()
    {
        byte[] message = Packet.Join(Packet.Of("0001 8180 0001 0001 0000 0000\n" + Question + Answer), new byte[50]);
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.Equal(49, response.Message.Length);
    }

    [Theory]
    [InlineData("", ResponseStatus.TooShort, "nothing")]
    [InlineData("0001 8180 0001 0000 0000 00", ResponseStatus.TooShort, "eleven bytes")]
    [InlineData("0001 0100 0001 0000 0000 0000 " + Question, ResponseStatus.NotAResponse, "QR 0")]
    [InlineData("0001 a800 0001 0000 0000 0000 " + Question, ResponseStatus.WrongOpcode, "opcode UPDATE")]
    [InlineData("0001 8180 0000 0000 0000 0000", ResponseStatus.WrongQuestionCount, "header-only NOERROR")]
    [InlineData("0001 8183 0000 0000 0000 0000", ResponseStatus.WrongQuestionCount, "header-only NXDOMAIN")]
    [InlineData("0001 8180 0002 0000 0000 0000 " + Question + Question,
        ResponseStatus.WrongQuestionCount, "two questions")]
    [InlineData("0001 8180 0001 0000 0000 0000", ResponseStatus.WrongQuestion, "question counted, none there")]
    [InlineData("0001 8180 0001 0000 0000 0000 03 'www' 07 'example' 03 'org' 00 0001 0001",
        ResponseStatus.WrongQuestion, "other name")]
    [InlineData("0001 8180 0001 0000 0000 0000 07 'example' 03 'com' 00 0001 0001 00000000",
        ResponseStatus.WrongQuestion, "parent")]
    [InlineData("0001 8180 0001 0000 0000 0000 03 'www' 07 'example' 03 'com' 00 001c 0001",
        ResponseStatus.WrongQuestion, "other type")]
    [InlineData("0001 8180 0001 0000 0000 0000 03 'www' 07 'example' 03 'com' 00 0001 0003",
        ResponseStatus.WrongQuestion, "other class")]
    [InlineData(OneAnswer, ResponseStatus.Malformed, "answer counted, none there")]
    [InlineData("0001 8180 0001 ffff ffff ffff " + Question, ResponseStatus.Malformed, "65,535 records each")]
    [InlineData(OneAnswer + "c00c 0001 0001 0000012c 0004 c00002", ResponseStatus.Malformed, "address cut short")]
    [InlineData(OneAnswer + "c00c 0001 0001 0000012c 0005 c000020100", ResponseStatus.Malformed, "A of five bytes")]
    [InlineData(OneAnswer + "c00c 001c 0001 0000012c 0004 c0000201", ResponseStatus.Malformed, "AAAA of four bytes")]
    [InlineData(OneAnswer + "c021 0001 0001 0000012c 0004 c0000201",
        ResponseStatus.Malformed, "owner points to itself")]
    [InlineData(OneAnswer + "00 0029 04d0 00000000 0000", ResponseStatus.Malformed, "OPT among the answers")]
    [InlineData("0001 8180 0001 0000 0000 0002 " + Question + "00 0029 04d0 00000000 0000 00 0029 04d0 00000000 0000",
        ResponseStatus.Malformed, "two OPTs")]
    [InlineData(OneAdditional + "01 'a' 00 0029 04d0 00000000 0000", ResponseStatus.Malformed, "OPT of a name")]
    [InlineData(OneAdditional + "00 0029 04d0 00000000 0004 000f 0009",
        ResponseStatus.Malformed, "option past its record")]
    [InlineData("0001 8180 0001 0000 0001 0000 " + Question + "c010 0006 0001 00000000 0004 c010 c010",
        ResponseStatus.Malformed, "SOA without numbers")]
    public void F1F2_WhatIsNotOurAnswer_IsNotTaken(string drawing, ResponseStatus expected, string what) =>
        Assert.True(Parse(Packet.Of(drawing), out _) == expected, what);

    [Theory]
    [InlineData("8181", ResponseCode.FormatError)]
    [InlineData("8182", ResponseCode.ServerFailure)]
    [InlineData("8184", ResponseCode.NotImplemented)]
    [InlineData("8185", ResponseCode.Refused)]
    public void F2_HeaderOnlyError_IsSaidToBeOne(string flags, ResponseCode expected)
    {
        Assert.Equal(ResponseStatus.HeaderOnlyError, Parse(Packet.Of($"0001 {flags} 0000 0000 0000 0000"), out ResponseView response));
        Assert.Equal(expected, response.Rcode);
        Assert.Equal(AnswerShape.OtherError, response.Shape);

        // With an OPT, as BIND sends it.
        Assert.Equal(
            ResponseStatus.HeaderOnlyError,
            Parse(Packet.Of($"0001 {flags} 0000 0000 0000 0001 00 0029 04d0 00000000 0000"), out _));
        Assert.Equal(
            ResponseStatus.WrongQuestionCount,
            Parse(Packet.Of($"0001 {flags} 0000 0001 0000 0000 00 0001 0001 00000000 0000"), out _));
    }

    [Fact]
    public void TryParse_QuestionInAnotherCase_IsOurs()
    {
        byte[] message = Packet.Of("0001 8180 0001 0000 0000 0000 03 'WwW' 07 'eXample' 03 'COM' 00 0001 0001");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.Equal(AnswerShape.NoData, response.Shape);
    }

    [Fact]
    public void M10_TruncatedInMidRecord_IsAcceptedAsTruncatedWithoutRecords()
    {
        byte[] message = Packet.Of("0001 8380 0001 0003 0000 0000\n" + Question + Answer + "c00c 0001");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.True(response.IsTruncated);
        Assert.Equal((0, 33), (response.AnswerCount, response.Message.Length));
    }

    [Fact]
    public void Rcode_ExtendedBits_ComeFromTheOpt()
    {
        byte[] message = Packet.Of("0001 8180 0001 0000 0000 0001\n" + Question + "00 0029 04d0 01 00 0000 0000");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.Equal(ResponseCode.BadVersion, response.Rcode);
        Assert.Equal(AnswerShape.OtherError, response.Shape);
    }

    [Theory]
    [InlineData("000f 0002 0003", ExtendedError.StaleAnswer)]
    [InlineData("000f 0006 000f 'text'", ExtendedError.Blocked)]
    [InlineData("0064 0001 ff 000f 0002 0016 000f 0002 0003", ExtendedError.NoReachableAuthority)]
    [InlineData("000f 0001 00", ExtendedError.None)]
    [InlineData("", ExtendedError.None)]
    public void ExtendedError_Options_GiveTheFirstCode(string options, ExtendedError expected)
    {
        byte[] data = Packet.Of(options);
        byte[] message = Packet.Join(
            Packet.Of("0001 8182 0001 0000 0000 0001\n" + Question + $"00 0029 04d0 00000000 {data.Length:x4}"), data);
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.Equal(expected, response.ExtendedError);
        Assert.Equal(data, response.EdnsOptions.ToArray());
    }

    [Fact]
    public void EdnsIsLast_RecordBehindTheOpt_IsFalse()
    {
        byte[] message = Packet.Of("0001 8180 0001 0001 0000 0002\n" + Question + Answer
            + "00 0029 04d0 00000000 0000  c00c 0010 0001 00000005 0001 00");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.True(response.HasEdns);
        Assert.False(response.EdnsIsLast);
        Assert.Equal(1, response.AdditionalCount);
        Assert.Equal(5u, response.MinTtl);
    }

    [Fact]
    public void M12_MinTtl_IsTheLowestOfAllSectionsButNotTheOpt()
    {
        byte[] message = Packet.Of("0001 8180 0001 0002 0001 0001\n" + Question + Answer
            + "c00c 0001 0001 0000003c 0004 c0000202  c010 0002 0001 0000001e 0002 c00c  00 0029 04d0 00000000 0000");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.Equal(30u, response.MinTtl);
        Assert.True(response.HasDelegation);
    }

    [Theory]
    [InlineData("00000384", "0000003c", 60)]
    [InlineData("0000003c", "00000384", 60)]
    [InlineData("ffffffff", "ffffffff", int.MaxValue)]
    [InlineData("00000000", "00000384", 0)]
    public void N3_NegativeTtl_IsTheLowerOfSoaTtlAndMinimum(string ttl, string minimum, int expected)
    {
        byte[] message = Packet.Of("0001 8183 0001 0000 0001 0000\n" + Question
            + $"c010 0006 0001 {ttl} 0018 c010 c010 00000001 00000002 00000003 00000004 {minimum}");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.True(response.HasSoa);
        Assert.Equal((uint)expected, response.NegativeTtl);
        Assert.Equal(AnswerShape.NxDomain, response.Shape);
        Assert.False(response.HasDelegation);
    }

    [Fact]
    public void N4_NegativeWithoutSoa_SaysSo()
    {
        Assert.Equal(
            ResponseStatus.Ok,
            Parse(Packet.Of("0001 8183 0001 0000 0000 0000\n" + Question), out ResponseView response));
        Assert.False(response.HasSoa);
        Assert.Equal(uint.MaxValue, response.MinTtl);
    }

    [Theory]
    [InlineData("002e")]
    [InlineData("002f")]
    [InlineData("0032")]
    public void D4_DnssecRecords_AreSeenInAnySection(string type)
    {
        byte[] message = Packet.Of("0001 8180 0001 0001 0001 0000\n" + Question + Answer
            + $"c00c {type} 0001 00000100 0000");
        Assert.Equal(ResponseStatus.Ok, Parse(message, out ResponseView response));
        Assert.True(response.HasDnssecRecords);
    }

    [Fact]
    public void D4_DnssecRecordsThatWereAskedFor_AreNotExtra()
    {
        byte[] message = Packet.Of("""
            0001 8180 0001 0001 0000 0000 01 'a' 00 002f 0001
            c00c 002f 0001 00000100 0000
            """);
        Assert.Equal(
            ResponseStatus.Ok,
            ResponseView.TryParse(message, Packet.Name("a."), RecordType.NSEC, RecordClass.IN, out ResponseView response));
        Assert.False(response.HasDnssecRecords);
        Assert.Equal(AnswerShape.Positive, response.Shape);
    }

    [Fact]
    public void TryParse_EveryPrefixOfAnAnswer_IsNotOk()
    {
        byte[] message = Packet.Of("0001 8180 0001 0001 0000 0001\n" + Question + Answer + "00 0029 04d0 00000000 0000");
        for (int length = 0; length < message.Length; length++)
        {
            Assert.NotEqual(ResponseStatus.Ok, Parse(message.AsSpan(0, length), out _));
        }

        Assert.Equal(ResponseStatus.Ok, Parse(message, out _));
    }

    [Fact]
    public void TryParse_LongerThanAnyMessage_IsMalformed() =>
        Assert.Equal(
            ResponseStatus.Malformed,
            Parse(Packet.Join(Packet.Of("0001 8180 0001 0001 0000 0000\n" + Question + Answer), new byte[65535]), out _));

    private static ResponseStatus Parse(ReadOnlySpan<byte> message, out ResponseView response) =>
        ResponseView.TryParse(message, s_asked, RecordType.A, RecordClass.IN, out response);
}
