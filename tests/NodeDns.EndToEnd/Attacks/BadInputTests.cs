using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Garbage at the listeners: each has a defined outcome, and the next client is served.</summary>
[Trait("Statement", "2.2 compression bombs")]
public sealed class BadInputTests(PlainServer fixture) : ServerTests<PlainServer>(fixture)
{
    public static TheoryData<int> ShortLengths => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(ShortLengths))]
    public async Task Udp_LessThanAHeader_IsIgnored(int length)
    {
        byte[] header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        using Socket socket = Client.ConnectUdp();
        await socket.SendAsync(header.AsMemory(0, length));
        await AssertOnlyTheProbeIsAnsweredAsync(socket);
    }

    [Theory]
    [MemberData(nameof(ShortLengths))]
    public async Task Tcp_LessThanAHeader_ClosesOrIsIgnored(int length)
    {
        byte[] header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        await connection.SendAsync(header[..length]);
        await ProbeAsync();
    }

    [Theory]
    [InlineData("FFFF 0001 0000 0000 0000")]
    [InlineData("0001 FFFF 0000 0000")]
    [InlineData("0001 0000 FFFF 0000")]
    [InlineData("0001 0000 0000 FFFF")]
    [InlineData("FFFF FFFF FFFF FFFF")]
    public async Task Counts65535_WithoutTheRecords_GetFormErr(string counts)
    {
        byte[] packet = Convert.FromHexString("00010100" + counts.Replace(" ", "", StringComparison.Ordinal))[..12];
        byte[] withQuestion = [.. packet, 1, (byte)'a', 0, 0, 1, 0, 1];
        foreach (byte[] bytes in (byte[][])[packet, withQuestion])
        {
            byte[] udp = (await Client.UdpRawAsync(bytes))!;
            Assert.Equal((12, Rcode.FormErr), (udp.Length, udp[3] & 15));
        }

        await ProbeAsync();
    }

    [Theory]
    [InlineData("pointer to itself", "C00C")]
    [InlineData("pointer forwards", "C020")]
    [InlineData("label, then a pointer to it", "0161C00C")]
    [InlineData("pointer to the header", "C000")]
    [InlineData("pointer past the end", "FFFF")]
    public async Task PointerInTheQuestion_GetsFormErr(string what, string name)
    {
        byte[] packet = Convert.FromHexString("000101000001000000000000" + name + "00010001");
        byte[] answer = await Client.UdpRawAsync(packet, TimeSpan.FromSeconds(2)) ?? [];
        Assert.True(answer.Length == 12 && (answer[3] & 15) == Rcode.FormErr, $"{what}: {Convert.ToHexString(answer)}");
    }

    [Fact]
    public async Task Tcp_64KiBOfNestedNames_AreReadInLittleTime()
    {
        TimeSpan before = Server.CpuTime;
        byte[] bomb = NestedNames();
        using DnsTcpConnection connection = await Client.ConnectTcpAsync();
        for (int i = 0; i < 20; i++)
        {
            await connection.SendAsync(bomb);
        }

        await ProbeAsync();
        await ProbeOverTcpAsync();
        Assert.True(Server.CpuTime - before < TimeSpan.FromSeconds(2), $"{Server.CpuTime - before} of CPU for 20 packets");
    }

    [Fact]
    public async Task Tcp_64KiBOfZerosAndOnes_HurtNobody()
    {
        foreach (byte fill in (byte[])[0, 0x3F, 0xC0, 0xFF])
        {
            using DnsTcpConnection connection = await Client.ConnectTcpAsync();
            await connection.SendAsync([.. Enumerable.Repeat(fill, 65535)]);
            await ProbeAsync();
        }
    }

    [Fact]
    public async Task Udp_DatagramOf65507Bytes_HurtsNobody()
    {
        DnsMessage query = DnsMessage.Query(NewName());
        using Socket socket = Client.ConnectUdp();
        await socket.SendAsync((byte[])[.. query.Encode(), .. new byte[60000]]);
        await ProbeAsync();
    }

    [Fact]
    public async Task Udp_PortZeroAndFloodOfGarbage_ServerLives()
    {
        var random = new Random(20);
        using Socket socket = Client.ConnectUdp();
        byte[] junk = new byte[1500];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(junk);
            await socket.SendAsync(junk.AsMemory(0, random.Next(junk.Length)));
        }

        await ProbeAsync();
    }

    [Fact]
    public async Task Names_WithEveryByteValue_ComeThroughUnchanged()
    {
        for (int start = 0; start < 256; start += 50)
        {
            string label = string.Concat(Enumerable.Range(start, Math.Min(50, 256 - start)).Select(b => $"\\{b:D3}"));
            DnsMessage query = DnsMessage.Query(label + "." + NewName());
            DnsMessage answer = await Client.UdpAsync(query);
            Assert.Equal(Rcode.NoError, answer.Rcode);
            Assert.Equal(DnsName.ToWire(query.Question.Name), DnsName.ToWire(answer.Question.Name));
        }
    }

    [Fact]
    public async Task LongestName_Of255Bytes_IsServed()
    {
        string unique = NewName().Replace(".", string.Empty, StringComparison.Ordinal);
        string label = new('a', 63);
        string name = $"{label}.{label}.{label}.{unique.PadRight(61, 'b')}.";
        Assert.Equal(255, DnsName.ToWire(name).Length);
        AssertAddress("192.0.2.1", await Client.UdpAsync(name));
        AssertAddress("192.0.2.1", await Client.UdpAsync(name.ToUpperInvariant()));
        Assert.Equal(1, Upstream.Count(name));
    }

    /// <summary>A valid question, then records whose owners point back and back again, up to 65,535 bytes.</summary>
    private static byte[] NestedNames()
    {
        var packet = new List<byte>(Convert.FromHexString("000101000001000000000000"));
        packet.AddRange([1, (byte)'a', 0, 0, 1, 0, 1]);
        int previous = 12;
        int records = 0;
        while (packet.Count < 65500 && packet.Count < 0x3FF0)
        {
            int here = packet.Count;
            packet.AddRange([1, (byte)'b', (byte)(0xC0 | (previous >> 8)), (byte)previous, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
            previous = here;
            records++;
        }

        while (packet.Count < 65500)
        {
            packet.AddRange([(byte)(0xC0 | (previous >> 8)), (byte)previous, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
            records++;
        }

        packet[10] = (byte)(records >> 8);
        packet[11] = (byte)records;
        return [.. packet];
    }

    private async Task ProbeAsync() => AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));

    private async Task ProbeOverTcpAsync() => AssertAddress("192.0.2.1", await Client.TcpAsync(NewName()));

    private static async Task AssertOnlyTheProbeIsAnsweredAsync(Socket socket)
    {
        DnsMessage probe = DnsMessage.Query(NewName()).Change(m => m.Id = 0x7777);
        await socket.SendAsync(probe.Encode());
        byte[] answer = (await DnsClient.ReceiveAsync(socket, DnsClient.DefaultTimeout))!;
        Assert.Equal(0x7777, DnsMessage.Decode(answer).Id);
    }
}
