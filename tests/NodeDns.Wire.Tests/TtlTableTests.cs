using System;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class TtlTableTests
{
    [Fact]
    public void CollectAndPatch_AllSections_ChangeEveryTtlButTheOpts()
    {
        byte[] message = Message();
        byte[] table = new byte[64];
        int count = TtlTable.Collect(message, 19, table);
        Assert.Equal(3, count);

        TtlTable.Patch(message, table.AsSpan(0, count * TtlTable.EntryLength), 0x01020304);
        DnsMessage patched = DnsMessage.Decode(message);
        Assert.All(patched.AllRecords, record => Assert.Equal(0x01020304u, record.Ttl));
        Assert.True(patched.Edns!.DnssecOk);
        Assert.Equal(1232, patched.Edns.UdpSize);
        Assert.Equal("192.0.2.1", patched.Answers[0].Address);
    }

    [Fact]
    public void Collect_Offsets_AreLittleEndianAndPointAtTheFields()
    {
        byte[] table = new byte[64];
        TtlTable.Collect(Packet.Of("0001 8180 0001 0001 0000 0000 01 'a' 00 0001 0001 c00c 0001 0001 0000012c 0000"), 19, table);
        Assert.Equal([25, 0], table[..2]);
    }

    [Fact]
    public void Collect_NoRoomOrNoSense_IsMinusOne()
    {
        byte[] message = Message();
        Assert.Equal(-1, TtlTable.Collect(message, 19, new byte[5]));
        Assert.Equal(3, TtlTable.Collect(message, 19, new byte[6]));
        Assert.Equal(-1, TtlTable.Collect(message.AsSpan(0, message.Length - 1), 19, new byte[64]));
        Assert.Equal(-1, TtlTable.Collect(message, 5000, new byte[64]));
        Assert.Equal(-1, TtlTable.Collect(default, 0, new byte[64]));
    }

    [Fact]
    public void Patch_OffsetsOutside_TouchNothing()
    {
        byte[] message = new byte[16];
        TtlTable.Patch(message, [13, 0, 0xFF, 0xFF, 16, 0], uint.MaxValue);
        Assert.All(message, b => Assert.Equal(0, b));

        TtlTable.Patch(message, [12, 0, 7], uint.MaxValue);
        Assert.Equal("000000000000000000000000ffffffff", Packet.Hex(message));

        TtlTable.Patch(default, [0, 0], 1);
    }

    private static byte[] Message()
    {
        DnsMessage message = DnsMessage.Query("a.").With(HeaderBits.Response).WithEdns(edns => edns.DnssecOk = true);
        message.Answers.Add(DnsRecord.A("a.", "192.0.2.1", 300));
        message.Authority.Add(DnsRecord.Ns("a.", "ns.a.", 60));
        message.Additional.Add(DnsRecord.Aaaa("ns.a.", "2001:db8::1", 5));
        return message.Encode(compress: true);
    }
}
