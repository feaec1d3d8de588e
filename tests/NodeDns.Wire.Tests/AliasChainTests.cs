using System;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>Where an answer section leads, told by the records that the tests' own writer put there.</summary>
public sealed class AliasChainTests
{
    private const string Asked = "www.example.com.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shape_ChainOfAliases_LeadsToTheAddressInAnyOrder(bool compress)
    {
        DnsRecord[] records =
        [
            DnsRecord.Cname(Asked, "a.example.net."),
            DnsRecord.Cname("a.example.net.", "b.example.org."),
            DnsRecord.A("b.example.org.", "192.0.2.1"),
        ];

        Assert.Equal(AnswerShape.Positive, Shape(compress, RrType.A, records));
        Array.Reverse(records);
        Assert.Equal(AnswerShape.Positive, Shape(compress, RrType.A, records));
    }

    [Fact]
    public void Shape_OwnersInAnotherCase_AreTheSame() =>
        Assert.Equal(AnswerShape.Positive, Shape(
            false, RrType.A, DnsRecord.Cname("WWW.example.COM.", "B.example."), DnsRecord.A("b.EXAMPLE.", "192.0.2.1")));

    [Fact]
    public void Shape_AliasAsked_IsTheAnswerItself() =>
        Assert.Equal(AnswerShape.Positive, Shape(false, RrType.Cname, DnsRecord.Cname(Asked, "a.example.net.")));

    [Fact]
    public void Shape_AnythingAsked_TakesAnyRecordOfTheName() =>
        Assert.Equal(AnswerShape.Positive, Shape(false, RrType.Any, DnsRecord.Txt(Asked, "x")));

    [Fact]
    public void Shape_NothingAtTheEnd_IsCnameOnly() =>
        Assert.Equal(AnswerShape.CnameOnly, Shape(true, RrType.Aaaa, DnsRecord.Cname(Asked, "a.example.net.")));

    [Fact]
    public void Shape_Loop_IsCnameOnly()
    {
        Assert.Equal(AnswerShape.CnameOnly, Shape(true, RrType.A, DnsRecord.Cname(Asked, Asked)));
        Assert.Equal(AnswerShape.CnameOnly, Shape(
            true, RrType.A, DnsRecord.Cname(Asked, "a.example."), DnsRecord.Cname("a.example.", Asked)));
    }

    [Fact]
    public void Shape_TwoTargets_AreCnameOnlyUnlessTheSame()
    {
        Assert.Equal(AnswerShape.CnameOnly, Shape(
            true, RrType.A, DnsRecord.Cname(Asked, "a.example."), DnsRecord.Cname(Asked, "b.example."),
            DnsRecord.A("a.example.", "192.0.2.1"), DnsRecord.A("b.example.", "192.0.2.2")));
        Assert.Equal(AnswerShape.Positive, Shape(
            true, RrType.A, DnsRecord.Cname(Asked, "a.example."), DnsRecord.Cname(Asked, "A.example."),
            DnsRecord.A("a.example.", "192.0.2.1")));
    }

    [Fact]
    public void Shape_RecordsOfOtherNames_AreOffTheChain()
    {
        Assert.Equal(AnswerShape.CnameOnly, Shape(true, RrType.A, DnsRecord.A("victim.example.", "192.0.2.66")));
        Assert.Equal(AnswerShape.CnameOnly, Shape(
            true, RrType.A, DnsRecord.Cname(Asked, "a.example."), DnsRecord.A("victim.example.", "192.0.2.66")));
    }

    [Fact]
    public void Shape_AnotherClass_IsOffTheChain() =>
        Assert.Equal(AnswerShape.CnameOnly, Shape(
            true, RrType.Txt, DnsRecord.Txt(Asked, "x") with { Class = RrClass.Chaos }));

    [Fact]
    public void M11_NxDomainWithAnAlias_IsNotTheAliasesOwn()
    {
        Assert.Equal(AnswerShape.NxDomainAfterCname, Shape(
            true, RrType.A, m => m.Rcode = Rcode.NxDomain, DnsRecord.Cname(Asked, "gone.example.")));
        Assert.Equal(AnswerShape.NxDomain, Shape(true, RrType.A, m => m.Rcode = Rcode.NxDomain));
    }

    [Theory]
    [InlineData(Rcode.ServFail)]
    [InlineData(Rcode.Refused)]
    [InlineData(Rcode.FormErr)]
    public void Shape_AnyOtherCode_IsOtherErrorWhateverItCarries(int rcode) =>
        Assert.Equal(AnswerShape.OtherError, Shape(
            true, RrType.A, m => m.Rcode = rcode, DnsRecord.A(Asked, "192.0.2.1")));

    [Theory]
    [InlineData(WireLimits.MaxAliases - 1, AnswerShape.Positive)]
    [InlineData(WireLimits.MaxAliases, AnswerShape.CnameOnly)]
    public void Shape_ChainAtItsLimit_LeadsThereAndOneMoreDoesNot(int aliases, AnswerShape expected)
    {
        DnsRecord[] records = new DnsRecord[aliases + 1];
        for (int i = 0; i < aliases; i++)
        {
            records[i] = DnsRecord.Cname(i == 0 ? Asked : $"c{i}.example.", $"c{i + 1}.example.");
        }

        records[aliases] = DnsRecord.A($"c{aliases}.example.", "192.0.2.1");
        Assert.Equal(expected, Shape(true, RrType.A, records));
    }

    [Fact]
    public void TryParse_AliasWithMoreThanAName_IsMalformed()
    {
        DnsMessage message = Message(RrType.A, DnsRecord.Unknown(Asked, RrType.Cname, [.. DnsName.ToWire("a."), 0]));
        Assert.Equal(ResponseStatus.Malformed, ResponseView.TryParse(
            message.Encode(), Packet.Name(Asked), RecordType.A, RecordClass.IN, out _));
    }

    private static AnswerShape Shape(bool compress, ushort type, params DnsRecord[] answers) =>
        Shape(compress, type, _ => { }, answers);

    private static AnswerShape Shape(bool compress, ushort type, Action<DnsMessage> change, params DnsRecord[] answers)
    {
        DnsMessage message = Message(type, answers).Change(change);
        ResponseStatus status = ResponseView.TryParse(
            message.Encode(compress), Packet.Name(Asked), (RecordType)type, RecordClass.IN, out ResponseView response);
        Assert.Equal(ResponseStatus.Ok, status);
        return response.Shape;
    }

    private static DnsMessage Message(ushort type, params DnsRecord[] answers)
    {
        DnsMessage message = DnsMessage.Query(Asked, type).With(HeaderBits.Response);
        message.Answers.AddRange(answers);
        return message;
    }
}
