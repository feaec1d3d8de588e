using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Operations;

/// <summary>Memory and time of the real process; figures are printed, only wide limits are asserted.</summary>
[Collection(AloneCollection.Name)]
public sealed class FootprintTests(PlainServer fixture, ITestOutputHelper output) : ServerTests<PlainServer>(fixture)
{
    [Fact]
    public async Task TenThousandCachedNames_FitIntoTheMemoryBudget()
    {
        output.WriteLine($"start to first answer: {Server.StartToFirstAnswer.TotalMilliseconds:F0} ms");
        output.WriteLine($"resident after start: {Server.ResidentBytes >> 10} KiB");
        string[] names = [.. Enumerable.Range(0, 10_000).Select(i => $"cached{i}.memory.example.")];
        foreach (string[] group in names.Chunk(100))
        {
            await Task.WhenAll(group.Select(n => Client.UdpAsync(n)));
        }

        int before = Upstream.Queries.Count;
        TimeSpan cpu = Server.CpuTime;
        foreach (string[] group in names.Chunk(100))
        {
            await Task.WhenAll(group.Select(n => Client.UdpAsync(n)));
        }

        int misses = Upstream.Queries.Count - before;
        long resident = Server.ResidentBytes;
        output.WriteLine($"resident with 10,000 names: {resident >> 10} KiB; second round: {misses} misses, " +
            $"{(Server.CpuTime - cpu).TotalMilliseconds:F0} ms of CPU for 10,000 hits");
        Assert.InRange(misses, 0, 300);
        // The aim is 64 MiB; the margin is for machines with more cores, which means more workers.
        Assert.True(resident < 80L << 20, $"{resident >> 20} MiB");
    }

    [Fact]
    [Trait("Statement", "2.2 TCP memory")]
    public async Task ThousandIdleTcpClients_CostLittleEach()
    {
        string name = NewName();
        await CacheAsync(name);
        List<DnsTcpConnection> clients = [];
        try
        {
            await ConnectAsync(500);
            long before = Server.ResidentBytes;
            await ConnectAsync(1000);
            long each = (Server.ResidentBytes - before) / 1000;
            output.WriteLine($"{each} bytes for each idle TCP client");
            Assert.True(Server.OpenDescriptors > clients.Count, $"{Server.OpenDescriptors} descriptors");

            // The aim is 4 KiB; the margin is for what a collection has not yet taken back.
            Assert.True(each < 16 << 10, $"{each} bytes");
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        async Task ConnectAsync(int count)
        {
            byte[] query = DnsMessage.Query(name).Encode();
            for (int i = 0; i < count; i++)
            {
                // From eight addresses, since one alone may not have that many connections.
                DnsTcpConnection client = await Client.ConnectTcpAsync(IPAddress.Parse($"127.0.0.{50 + (i % 8)}"));
                clients.Add(client);
                await client.SendAsync(query);
                AssertAddress("192.0.2.1", await client.ReceiveMessageAsync());
            }
        }
    }

    [Fact]
    public async Task IdleServer_SpendsNoTime()
    {
        await Client.UdpAsync(NewName());
        TimeSpan before = Server.CpuTime;
        await Task.Delay(1500);
        TimeSpan spent = Server.CpuTime - before;
        output.WriteLine($"CPU in 1.5 idle seconds: {spent.TotalMilliseconds:F0} ms");
        Assert.True(spent < TimeSpan.FromMilliseconds(150), $"{spent}");
    }
}
