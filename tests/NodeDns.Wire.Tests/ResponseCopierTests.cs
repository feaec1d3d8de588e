using System;
using System.Linq;
using NodeDns.TestKit;
using NodeDns.Wire.Tests.Fuzz;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class ResponseCopierTests
{
    private const string Asked = "www.example.com.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryCopy_None_LeavesOutTheOptAlone(bool compress)
    {
        DnsMessage message = Message();
        DnsMessage copy = Copy(message.Encode(compress), CopyOptions.None);
        Assert.Null(copy.Edns);
        Assert.Equal(message.Answers.Select(Text), copy.Answers.Select(Text));
        Assert.Equal(message.Authority.Select(Text), copy.Authority.Select(Text));
        Assert.Equal(message.Additional.Select(Text), copy.Additional.Select(Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D4_TryCopy_DropDnssec_LeavesOutSignaturesAndDenials(bool compress)
    {
        DnsMessage copy = Copy(Message().Encode(compress), CopyOptions.DropDnssec);
        Assert.Equal(
            [RrType.Cname, RrType.A, RrType.Soa, RrType.Mx],
            copy.AllRecords.Select(record => record.Type));
        Assert.Equal("target.example.net.", copy.Answers[0].Target);
        Assert.Equal("target.example.net.", copy.Answers[1].Name);
    }

    [Fact]
    public void TryCopy_DropSections_LeavesThemOut()
    {
        byte[] bytes = Message().Encode(compress: true);
        Assert.Empty(Copy(bytes, CopyOptions.DropAuthority).Authority);
        Assert.Empty(Copy(bytes, CopyOptions.DropAdditional).Additional);
        Assert.NotEmpty(Copy(bytes, CopyOptions.DropAdditional).Authority);
    }

    [Fact]
    public void TryCopy_DnssecTypeAsked_IsKept()
    {
        DnsMessage message = DnsMessage.Query(Asked, RrType.Nsec).With(HeaderBits.Response);
        message.Answers.Add(DnsRecord.Nsec(Asked, "z.example.com."));
        message.Answers.Add(DnsRecord.Rrsig(Asked, RrType.Nsec));
        DnsMessage copy = Copy(message.Encode(), CopyOptions.DropDnssec, type: RecordType.NSEC);
        Assert.Equal(RrType.Nsec, Assert.Single(copy.AllRecords).Type);
    }

    [Fact]
    public void M8_UnknownType_IsByteIdentical()
    {
        byte[] data = Packet.Of("c00c c0ff 3f c000 01 'a' c00c 00");
        DnsMessage message = DnsMessage.Query(Asked, 65280).With(HeaderBits.Response).WithEdns();
        message.Answers.Add(DnsRecord.Unknown(Asked, 65280, data));
        DnsMessage copy = Copy(message.Encode(compress: true), CopyOptions.None, type: (RecordType)65280);
        Assert.Equal(data, Assert.Single(copy.Answers).Data);
    }

    [Fact]
    public void TryCopy_FoldedName_ReplacesTheQuestionsCase()
    {
        byte[] bytes = Message().Encode(compress: true);
        "WWW"u8.CopyTo(bytes.AsSpan(13));
        Assert.Equal(ResponseStatus.Ok, Parse(bytes, out ResponseView response));
        byte[] destination = new byte[2048];
        Assert.True(ResponseCopier.TryCopy(response, CopyOptions.None, Packet.Name(Asked), destination, out int length));
        DnsMessage copy = DnsMessage.Decode(destination.AsSpan(0, length));
        Assert.Equal(Asked, copy.Question.Name);
        Assert.Equal(Asked, copy.Answers[0].Name);
        Assert.False(ResponseCopier.TryCopy(response, CopyOptions.None, Packet.Name("a."), destination, out _));
    }

    [Fact]
    public void TryCopy_OwnersOfTheQuestion_StayPointers()
    {
        byte[] bytes = Packet.Of("""
            0001 8180 0001 0002 0000 0001 03 'www' 07 'example' 03 'com' 00 0001 0001
            c00c 0001 0001 0000012c 0004 c0000201
            01 'a' c010 0001 0001 0000012c 0004 c0000202
            00 0029 04d0 00000000 0000
            """);
        Assert.Equal(ResponseStatus.Ok, Parse(bytes, out ResponseView response));
        byte[] destination = new byte[512];
        Assert.True(ResponseCopier.TryCopy(response, CopyOptions.None, destination, out int length));
        Assert.Equal(Packet.Hex(bytes.AsSpan(12, bytes.Length - 12 - 11)), Packet.Hex(destination.AsSpan(12, length - 12)));
        Assert.Equal(0, MessageHeader.GetAdditionalCount(destination));
    }

    [Fact]
    public void TryCopy_PointerInARecordThatGoes_IsExpandedInTheOneThatStays()
    {
        // The A record's owner stands in the NSEC record, which is dropped.
        byte[] bytes = Packet.Of("""
            0001 8180 0001 0002 0000 0000 03 'www' 07 'example' 03 'com' 00 0001 0001
            04 'nsec' 00 002f 0001 0000012c 0000    ; 33
            c021 0001 0001 0000012c 0004 c0000201
            """);
        DnsMessage copy = Copy(bytes, CopyOptions.DropDnssec);
        Assert.Equal("nsec.", Assert.Single(copy.Answers).Name);
    }

    [Fact]
    public void TryCopy_PointerIntoALabelOfTheQuestion_IsExpandedBecauseItReachesFurther()
    {
        // The byte '3' in the first label is read as a length of 51: the owner reaches into the records, which move.
        byte[] bytes = Packet.Join(
            Packet.Of("""
                0001 8180 0001 0002 0000 0000 03 'w3w' 07 'example' 03 'com' 00 0001 0001
                c00c 002f 0001 0000012c 0018
                """),
            new byte[24],
            Packet.Of("c00e 0001 0001 0000012c 0004 c0000201"));
        Assert.Equal(ResponseStatus.Ok, FuzzOracle.TryParseOwnQuestion(bytes, out ResponseView response));
        byte[] destination = new byte[512];
        Assert.True(ResponseCopier.TryCopy(response, CopyOptions.DropDnssec, destination, out int length));
        DnsRecord copied = Assert.Single(DnsMessage.Decode(destination.AsSpan(0, length)).Answers);
        Assert.Equal(DnsMessage.Decode(bytes).Answers[1].Name, copied.Name);
    }

    [Theory]
    [InlineData(RecordType.SRV, "0001 0002 0050 c00c", "0001 0002 0050 03 'www' 07 'example' 03 'com' 00")]
    [InlineData(RecordType.RP, "c00c 00", "03 'www' 07 'example' 03 'com' 00 00")]
    [InlineData(RecordType.DNAME, "c018", "03 'com' 00")]
    [InlineData(RecordType.NAPTR, "0001 0002 01 'u' 00 02 'xy' c018", "0001 0002 01 'u' 00 02 'xy' 03 'com' 00")]
    [InlineData(RecordType.NXT, "c018 ffff", "03 'com' 00 ffff")]
    [InlineData(RecordType.MX, "000a c018", "000a c018")]
    [InlineData(RecordType.MINFO, "c018 01 'a' c018", "c018 01 'a' c018")]
    public void TryCopy_NamesInData_AreExpandedByTheTypesRule(RecordType type, string data, string expected)
    {
        byte[] bytes = WithData(type, Packet.Of(data));
        Assert.Equal(ResponseStatus.Ok, Parse(bytes, out ResponseView response));
        byte[] destination = new byte[512];
        Assert.True(ResponseCopier.TryCopy(response, CopyOptions.None, destination, out int length));
        Assert.Equal(Packet.Hex(WithData(type, Packet.Of(expected))), Packet.Hex(destination.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(RecordType.NS, "")]
    [InlineData(RecordType.NS, "00 00")]
    [InlineData(RecordType.NS, "01 'a'")]
    [InlineData(RecordType.MX, "00")]
    [InlineData(RecordType.SRV, "0001 0002 0050")]
    [InlineData(RecordType.NAPTR, "0001 0002 ff")]
    [InlineData(RecordType.NAPTR, "0001 0002")]
    [InlineData(RecordType.SOA, "00 00 00000001")]
    public void TryCopy_DataThatIsNotItsType_IsRefused(RecordType type, string data)
    {
        Assert.Equal(ResponseStatus.Ok, Parse(WithData(type, Packet.Of(data)), out ResponseView response));
        Assert.False(ResponseCopier.TryCopy(response, CopyOptions.None, new byte[512], out _));
    }

    [Fact]
    public void TryCopy_EveryTooSmallDestination_IsRefusedWithoutThrowing()
    {
        byte[] bytes = Message().Encode(compress: true);
        Assert.Equal(ResponseStatus.Ok, Parse(bytes, out ResponseView response));
        Assert.True(ResponseCopier.TryCopy(response, CopyOptions.None, new byte[4096], out int needed));
        for (int size = 0; size < needed; size++)
        {
            Assert.False(ResponseCopier.TryCopy(response, CopyOptions.None, new byte[size], out int length));
            Assert.Equal(0, length);
        }

        Assert.True(ResponseCopier.TryCopy(response, CopyOptions.None, new byte[needed], out _));
    }

    private static DnsMessage Copy(byte[] bytes, CopyOptions options, RecordType type = RecordType.A)
    {
        ResponseStatus status = ResponseView.TryParse(
            bytes, Packet.Name(Asked), type, RecordClass.IN, out ResponseView response);
        Assert.Equal(ResponseStatus.Ok, status);
        byte[] destination = new byte[4096];
        Assert.True(ResponseCopier.TryCopy(response, options, destination, out int length));
        DnsMessage copy = DnsMessage.Decode(destination.AsSpan(0, length));
        Assert.Equal(0, copy.TrailingBytes);
        return copy;
    }

    private static ResponseStatus Parse(byte[] bytes, out ResponseView response) =>
        ResponseView.TryParse(bytes, Packet.Name(Asked), RecordType.A, RecordClass.IN, out response);

    private static byte[] WithData(RecordType type, byte[] data) => Packet.Join(
        Packet.Of($"""
            0001 8180 0001 0001 0000 0000 03 'www' 07 'example' 03 'com' 00 0001 0001
            c00c {(ushort)type:x4} 0001 0000012c {data.Length:x4}
            """),
        data);

    private static DnsMessage Message()
    {
        DnsMessage message = DnsMessage.Query(Asked).With(HeaderBits.Response).WithEdns(edns => edns.DnssecOk = true);
        message.Answers.Add(DnsRecord.Cname(Asked, "target.example.net."));
        message.Answers.Add(DnsRecord.Rrsig(Asked, RrType.Cname));
        message.Answers.Add(DnsRecord.A("target.example.net.", "192.0.2.1"));
        message.Authority.Add(DnsRecord.Nsec("a.example.com.", "z.example.com."));
        message.Authority.Add(DnsRecord.Soa("example.com.", 900, 60));
        message.Additional.Add(DnsRecord.Mx("example.com.", 10, "mail.example.com."));
        return message;
    }

    private static string Text(DnsRecord record) =>
        $"{record.Name} {record.Type} {record.Class} {record.Ttl} {Convert.ToHexString(record.Data)}";
}
