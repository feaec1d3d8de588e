using System;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class QueryWriterTests
{
    [Fact]
    public void TryWrite_WithEdns_IsDrawnLikeThis()
    {
        byte[] buffer = new byte[512];
        Assert.True(QueryWriter.TryWrite(
            buffer, 0xBEEF, HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled, Packet.Name("aB."),
            RecordType.AAAA, RecordClass.IN, true, true, 1232, out int length));
        Assert.Equal(
            Packet.Hex(Packet.Of("""
                beef 0110 0001 0000 0000 0001
                02 'aB' 00 001c 0001
                00 0029 04d0 00008000 0000
                """)),
            Packet.Hex(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void TryWrite_FlagsOfAResponse_AreNotPassedOn()
    {
        byte[] buffer = new byte[512];
        Assert.True(QueryWriter.TryWrite(
            buffer, 1, (HeaderFlags)0xFFFF, Packet.Name("a."), RecordType.A, RecordClass.IN, false, false, 0, out int length));
        Assert.Equal(0x0130, MessageHeader.GetFlags(buffer));
        Assert.Null(DnsMessage.Decode(buffer.AsSpan(0, length)).Edns);
    }

    [Fact]
    public void TryWrite_OverADirtyBuffer_LeavesNothingOfIt()
    {
        byte[] buffer = new byte[512];
        Array.Fill(buffer, (byte)0xFF);
        Assert.True(QueryWriter.TryWrite(
            buffer, 1, HeaderFlags.RecursionDesired, Packet.Name("a."), RecordType.A, RecordClass.IN, true, false, 1232,
            out int length));
        Assert.Equal(ParseStatus.Ok, QueryView.TryParse(buffer.AsSpan(0, length), out QueryView query));
        Assert.True(query.HasEdns);
        Assert.False(query.DnssecOk);
    }

    [Theory]
    [InlineData(18, false, false)]
    [InlineData(19, false, true)]
    [InlineData(29, true, false)]
    [InlineData(30, true, true)]
    public void TryWrite_BufferAtItsLimit_FitsOrNot(int size, bool edns, bool expected) =>
        Assert.Equal(expected, QueryWriter.TryWrite(
            new byte[size], 1, HeaderFlags.None, Packet.Name("a."), RecordType.A, RecordClass.IN, edns, false, 1232, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void TryWrite_NotAName_IsRefused(int length) =>
        Assert.False(QueryWriter.TryWrite(
            new byte[512], 1, HeaderFlags.None, new byte[length], RecordType.A, RecordClass.IN, false, false, 0, out _));
}
