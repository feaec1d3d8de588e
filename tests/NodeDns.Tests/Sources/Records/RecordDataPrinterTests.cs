using System;
using NodeDns.Sources.Records;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Sources.Records;

/// <summary>Record data as text, and that text read back.</summary>
public sealed class RecordDataPrinterTests
{
    [Theory]
    [InlineData(RecordType.A, "C0000201", "192.0.2.1")]
    [InlineData(RecordType.AAAA, "20010DB8000000000000000000000001", "2001:db8::1")]
    [InlineData(RecordType.CNAME, "0161044E616D6500", "a.Name.")]
    [InlineData(RecordType.MX, "000A016D00", "10 m.")]
    [InlineData(RecordType.SRV, "000A001400350173C00C", "10 20 53 s.q.")]
    [InlineData(RecordType.SOA, "016100016200000000010000000200000003000000040000FFFF", "a. b. 1 2 3 4 65535")]
    [InlineData(RecordType.TXT, "0361225C041B5B336D", "\"a\\\"\\\\\" \"\\027[3m\"")]
    [InlineData(RecordType.CAA, "00056973737565" + "63612E6578", "0 \"issue\" \"ca.ex\"")]
    [InlineData(RecordType.HTTPS, "000100" + "0001000302683200030002" + "01BB" + "0004000401020304", "1 . key1=\"\\002h2\" port=443 ipv4hint=1.2.3.4")]
    [InlineData(RecordType.A, "C00002", "\\# 3 C00002")]
    [InlineData(RecordType.A, "", "\\# 0")]
    [InlineData((RecordType)65280, "ABCD", "\\# 2 ABCD")]
    [InlineData(RecordType.CNAME, "C0FF", "\\# 2 C0FF")]
    public void ToText_EachType_IsReadableAndPlainAscii(RecordType type, string data, string expected)
    {
        byte[] message = MessageWith(type, Convert.FromHexString(data), out int questionEnd);
        RecordReader reader = new(message, questionEnd);
        Assert.True(reader.MoveNext());

        Assert.Equal(expected, RecordDataPrinter.ToText(message, reader));
    }

    [Fact]
    public void Lines_OfAnyBytes_NeverThrowAndStayPrintable()
    {
        Random random = new(20261128);
        for (int round = 0; round < 5000; round++)
        {
            byte[] message = MessageWith((RecordType)random.Next(1, 70), new byte[random.Next(40)], out _);
            for (int i = 0; i < 8; i++)
            {
                message[random.Next(12, message.Length)] = (byte)random.Next(256);
            }

            Assert.All(MessageText.Lines(message.AsSpan(0, random.Next(message.Length + 1))), line => Assert.DoesNotContain(line, c => c is < ' ' or > '~'));
        }
    }

    private static byte[] MessageWith(RecordType type, byte[] data, out int questionEnd)
    {
        byte[] buffer = new byte[512];
        ResponseWriter writer = new(buffer);
        byte[] name = [1, (byte)'q', 0];
        Assert.True(writer.TryBegin(7, (ushort)HeaderFlags.Response, name, type, RecordClass.IN));
        questionEnd = writer.Length;
        Assert.True(writer.TryAddRecord(MessageSection.Answer, name, type, RecordClass.IN, 60, data));
        return writer.Message.ToArray();
    }
}
