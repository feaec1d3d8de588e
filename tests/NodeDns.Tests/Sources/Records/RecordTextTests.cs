using System;
using NodeDns.Sources.Records;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Sources.Records;

public class RecordTextTests
{
    // The RDATA bytes are written out by hand from the RFC of each type.
    [Theory]
    [InlineData("a.example. 60 IN A 192.0.2.1", 1, "C0000201")]
    [InlineData("a.example 60 A 192.0.2.1", 1, "C0000201")]
    [InlineData("a. AAAA 2001:db8::1", 28, "20010DB8000000000000000000000001")]
    [InlineData("a. CNAME b.c.", 5, "0162016300")]
    [InlineData("a. CNAME .", 5, "00")]
    [InlineData("a. NS @", 2, "00")]
    [InlineData("a. PTR x\\.y.z.", 12, "03782E79017A00")]
    [InlineData("a. DNAME b.", 39, "016200")]
    [InlineData("a. MX 10 m.", 15, "000A016D00")]
    [InlineData("a. TXT \"a b\" c \"\"", 16, "03612062016300")]
    [InlineData("a. TXT \"q\\\"x\\\\\\065\"", 16, "057122785C41")]
    [InlineData("a. SRV 1 2 443 t.", 33, "0001000201BB017400")]
    [InlineData("a. SOA ns. h. 1 1h 600 1d 60", 6, "026E7300016800000000010000" + "0E10000002580001518000" + "00003C")]
    [InlineData("a. SOA ns. h. (1 60 60 60 60)", 6, "026E73000168000000000100" + "00003C0000003C0000003C0000003C")]
    [InlineData("a. SOA ns. h. ( ; serial\n 1 60\n 60 60 60 )\n", 6, "026E73000168000000000100" + "00003C0000003C0000003C0000003C")]
    [InlineData("a. CAA 0 issue \"ca.example; x=y\"", 257, "0005697373756563612E6578616D706C653B20783D79")]
    [InlineData("a. HINFO cpu os", 13, "03637075026F73")]
    [InlineData("a. NAPTR 1 2 u s \"!^.*$!x!\" .", 35, "00010002017501730821" + "5E2E2A242178" + "2100")]
    [InlineData("a. TLSA 3 1 1 ABcd 01", 52, "030101ABCD01")]
    [InlineData("a. DS 60485 ECDSAP256SHA256 2 D4B7", 43, "EC450D02D4B7")]
    [InlineData("a. DNSKEY 257 3 13 AQ ID", 48, "0101030D010203")]
    [InlineData("a. SSHFP 1 2 FF", 44, "0102FF")]
    [InlineData("a. URI 1 2 \"http://x\"", 256, "00010002687474703A2F2F78")]
    [InlineData("a. HTTPS 0 svc.", 65, "00000373766300")]
    [InlineData("a. HTTPS 1 . port=8443 alpn=\"h2,h3\" ipv4hint=192.0.2.1", 65, "000100" + "00010006026832026833" + "0003000220FB" + "00040004C0000201")]
    [InlineData("a. SVCB 1 . no-default-alpn mandatory=port,alpn key667=hi alpn=h2 port=53", 64, "000100" + "0000000400010003" + "00010003026832" + "00020000" + "000300020035" + "029B00026869")]
    [InlineData("a. HTTPS 1 . ech=AQID ipv6hint=::1", 65, "000100" + "00050003010203" + "0006001000000000000000000000000000000001")]
    [InlineData("a. TYPE65280 \\# 3 01 0203", 65280, "010203")]
    [InlineData("a. A \\# 4 C0000201", 1, "C0000201")]
    [InlineData("a. TYPE731 \\# 0", 731, "")]
    [InlineData("a. RP m. t.", 17, "016D00017400")]
    public void TryParse_Record_GivesItsWireForm(string text, ushort type, string hex)
    {
        Assert.True(RecordText.TryParse(text, out ParsedRecord? record, out string error), error);
        Assert.NotNull(record);
        Assert.Equal(type, (ushort)record.Type);
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(record.Data));
    }

    [Theory]
    [InlineData("a. 60 IN A 192.0.2.1", 60u, 1)]
    [InlineData("a. IN 60 A 192.0.2.1", 60u, 1)]
    [InlineData("a. CH A 192.0.2.1", 3600u, 3)]
    [InlineData("a. 1h30m A 192.0.2.1", 5400u, 1)]
    [InlineData("a. CLASS300 1w2d3h4m5s A 192.0.2.1", 788645u, 300)]
    [InlineData("a. 4294967295 A 192.0.2.1", 2147483647u, 1)]
    public void TryParse_TtlAndClass_StandInAnyOrderOrNotAtAll(string text, uint ttl, int @class)
    {
        Assert.True(RecordText.TryParse(text, out ParsedRecord? record, out string error), error);
        Assert.Equal((ttl, @class), (record!.Ttl, (int)record.Class));
        Assert.Equal(DnsName.ToWire("a."), record.Owner);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n\t ")]
    [InlineData("; only a comment\n\n")]
    public void TryParse_NothingInIt_IsNoRecordAndNoError(string text)
    {
        Assert.True(RecordText.TryParse(text, out ParsedRecord? record, out string error), error);
        Assert.Null(record);
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("a. 60")]
    [InlineData("a. 60 IN")]
    [InlineData("a. 60 IN NOPE x")]
    [InlineData("a. 60 60 IN A 192.0.2.1")]
    [InlineData("a. A")]
    [InlineData("a. A 192.0.2")]
    [InlineData("a. A 192.0.2.256")]
    [InlineData("a. A 0xC0.0.2.1")]
    [InlineData("a. A 192.0.2.1 192.0.2.2")]
    [InlineData("a. A 192.0.2.1\nb. A 192.0.2.2")]
    [InlineData("a. AAAA 192.0.2.1")]
    [InlineData("a. AAAA fe80::1%eth0")]
    [InlineData("a. AAAA [::1]")]
    [InlineData("a..b. A 192.0.2.1")]
    [InlineData("a. CNAME b..c.")]
    [InlineData("a. CNAME \"b.\"")]
    [InlineData("a. MX m.")]
    [InlineData("a. MX 65536 m.")]
    [InlineData("a. TXT \"open")]
    [InlineData("a. TXT \"\\256\"")]
    [InlineData("a. TXT x\\")]
    [InlineData("a. TXT (x")]
    [InlineData("a. TXT x)")]
    [InlineData("a. SRV 1 2 3")]
    [InlineData("a. SOA ns. h. 1 2 3 4")]
    [InlineData("a. SOA ns. h. 1 2 3 4 5 6")]
    [InlineData("a. CAA 256 issue x")]
    [InlineData("a. TLSA 3 1 1 ABC")]
    [InlineData("a. TLSA 3 1 1 XY")]
    [InlineData("a. DNSKEY 257 3 13 A")]
    [InlineData("a. HTTPS 1 . port=1 port=2")]
    [InlineData("a. HTTPS 1 . nope=1")]
    [InlineData("a. HTTPS 1 . no-default-alpn=1")]
    [InlineData("a. HTTPS 1 . mandatory=mandatory")]
    [InlineData("a. HTTPS 1 . ipv4hint=")]
    [InlineData("a. TYPE1 \\# 3 0102")]
    [InlineData("a. TYPE731 \\# 65536 00")]
    [InlineData("a. RRSIG x")]
    [InlineData("a. ANY \\# 0")]
    [InlineData("a. OPT \\# 0")]
    [InlineData("$INCLUDE /etc/passwd")]
    [InlineData("$ORIGIN example.")]
    [InlineData("$GENERATE 1-2 a$ A 192.0.2.1")]
    public void TryParse_BadRecord_IsRefusedWithAReason(string text)
    {
        Assert.False(RecordText.TryParse(text, out ParsedRecord? record, out string error));
        Assert.Null(record);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void TryParse_LongText_IsCutIntoStringsAndTooLongIsRefused()
    {
        Assert.True(RecordText.TryParse($"a. TXT {new string('x', 600)}", out ParsedRecord? record, out _));
        Assert.Equal((603, 255, 255, 90), (record!.Data.Length, record.Data[0], record.Data[256], record.Data[512]));
        Assert.False(RecordText.TryParse($"a. TXT {new string('x', 65_536)}", out _, out _));
        Assert.False(RecordText.TryParse($"{new string('x', 64)}. A 192.0.2.1", out _, out _));
    }

    [Fact]
    public void TryParse_RandomText_NeverThrows()
    {
        Random random = new(8171);
        string[] parts =
        [
            "a.", " ", " 60 ", "IN ", "A ", "TXT ", "SOA ", "HTTPS ", "\"", "\\", "(", ")", ";", "\n", "\\# ", "1", "x=", ",",
            "\\12", "::", "\0", "ü", "NAPTR ",
        ];
        for (int i = 0; i < 50_000; i++)
        {
            string text = string.Concat(random.GetItems(parts, random.Next(1, 16)));
            bool parsed = RecordText.TryParse(text, out _, out string error);
            Assert.Equal(parsed, error.Length == 0);
        }
    }
}
