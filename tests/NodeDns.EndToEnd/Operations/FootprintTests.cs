using System;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
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
