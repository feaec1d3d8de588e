using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Attacks;

/// <summary>Answers that made other servers loop or grow: they are passed on or refused, and cost next to nothing.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileAnswerTests(PlainServer fixture, ITestOutputHelper output) : ServerTests<PlainServer>(fixture)
{
    private static readonly TimeSpan s_littleTime = TimeSpan.FromSeconds(2);

    /// <summary>Type bitmaps (RFC 4034 §4.1.2) as hex; the first is the one of CVE-2017-15908.</summary>
    public static TheoryData<string, string> Bitmaps => new()
    {
        { "window of length 0", "0000" },
        { "windows of length 0 up to 48 KiB", string.Concat(Enumerable.Repeat("0000", 24_000)) },
        { "window of length 33", "0021" + new string('F', 66) },
        { "window of length 255", "00FF" + new string('F', 510) },
        { "window past the end", "00FF40" },
        { "window without a length", "00" },
        { "windows going backwards", "050140" + "000140" },
        { "the same window for ever", string.Concat(Enumerable.Repeat("000140", 16_000)) },
        { "no window", "" },
    };

    [Theory]
    [Trait("Statement", "2.2 NSEC bitmap")]
    [MemberData(nameof(Bitmaps))]
    public async Task TypeBitmapThatIsNone_PassesUnreadAtNoCost(string what, string bitmap)
    {
        byte[] windows = Convert.FromHexString(bitmap);
        byte[] nsec = [.. DnsName.ToWire("z.example."), .. windows];
        byte[] nsec3 = [1, 0, 0, 1, 1, 0xAB, 4, 1, 2, 3, 4, .. windows];
        TimeSpan before = Server.CpuTime;
        for (int i = 0; i < 10; i++)
        {
            string name = NewName();
            DnsRecord proof = i % 2 == 0
                ? DnsRecord.Unknown("a.example.", RrType.Nsec, nsec, 60)
                : DnsRecord.Unknown("b.example.", RrType.Nsec3, nsec3, 60);
            Upstream.On(name, q => q.NoData().Change(m => m.Authority.Add(proof)));
            DnsMessage query = DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true);
            for (int round = 0; round < 2; round++)
            {
                DnsMessage answer = await Client.TcpAsync(query);
                Assert.Equal(Rcode.NoError, answer.Rcode);
                Assert.Equal(proof.Data, answer.Authority.Single(r => r.Type == proof.Type).Data);
            }
        }

        output.WriteLine($"{what}: {(Server.CpuTime - before).TotalMilliseconds:F0} ms of CPU");
        Assert.True(Server.CpuTime - before < s_littleTime, $"{what}: {Server.CpuTime - before}");
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));
    }

    /// <summary>Records that each begin with a pointer to the question's name, and how many of them a message has.</summary>
    public static TheoryData<string, ushort, int, int, bool> Sets => new()
    {
        { "addresses up to 64 KiB", RrType.A, 4, 4000, true },
        { "signatures up to 64 KiB", RrType.Rrsig, 98, 590, true },
        { "more records than are read", RrType.Txt, 1, 4900, false },
        { "records of no data", 65280, 0, 5400, false },
    };

    [Theory]
    [Trait("Statement", "2.2 large RRsets")]
    [MemberData(nameof(Sets))]
    public async Task ThousandsOfRecords_AreDeliveredOrRefusedAndNothingGrows(
        string what, ushort type, int dataLength, int count, bool isDelivered)
    {
        byte[] records = [.. Enumerable.Range(0, count).SelectMany(i => Record(type, dataLength, i))];
        await AskForAsync(50);
        long resident = Server.ResidentBytes;
        TimeSpan cpu = Server.CpuTime;
        await AskForAsync(150);

        long growth = Server.ResidentBytes - resident;
        output.WriteLine($"{what}: {growth >> 10} KiB more, {(Server.CpuTime - cpu).TotalMilliseconds:F0} ms of CPU");
        Assert.True(growth < 24 << 20, $"{what}: resident memory grew by {growth >> 20} MiB");
        Assert.True(Server.CpuTime - cpu < s_littleTime, $"{what}: {Server.CpuTime - cpu}");
        AssertAddress("192.0.2.1", await Client.UdpAsync(NewName()));

        async Task AskForAsync(int names)
        {
            for (int i = 0; i < names; i++)
            {
                string name = NewName();
                Upstream.On(name, type, q =>
                {
                    byte[] empty = q.Error(Rcode.NoError).Change(m => m.Edns = null).Encode();
                    (empty[6], empty[7]) = ((byte)(count >> 8), (byte)count);
                    return UpstreamReply.Raw([.. empty, .. records]);
                });
                DnsMessage query = DnsMessage.Query(name, type).WithEdns(e => e.DnssecOk = true);
                DnsMessage answer = await Client.TcpAsync(query);
                Assert.Equal(isDelivered ? (Rcode.NoError, count) : (Rcode.ServFail, 0), (answer.Rcode, answer.Answers.Count));
                DnsMessage cut = await Client.UdpAsync(query);
                Assert.Equal((isDelivered, 0), (cut.Truncated, cut.Answers.Count));
            }
        }
    }

    private static IEnumerable<byte> Record(ushort type, int dataLength, int number) =>
    [
        0xC0, 12, (byte)(type >> 8), (byte)type, 0, (byte)RrClass.In, 0, 0, 1, 0, 0, (byte)dataLength,
        .. Enumerable.Range(0, dataLength).Select(i => (byte)(i < 2 ? number >> (8 * i) : 0)),
    ];
}
