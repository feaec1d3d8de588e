using System;
using System.Diagnostics;
using System.Net;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>A Corefile with an error is rolled out: the old one is served, and monitoring is told until a good one comes.</summary>
public sealed class RefusedConfigTests
{
    [Fact]
    [Trait("Drill", "bad Corefile rollout")]
    public async Task RefusedCorefile_IsCountedAndShownUntilAGoodOneComes()
    {
        await using FakeUpstream upstream = new();
        int port = FreePort.Next();
        IPEndPoint metrics = new(IPAddress.Loopback, FreePort.Next());
        string good = $".:{port} {{\n bind 127.0.0.1\n prometheus {metrics}\n forward . 127.0.0.1:{upstream.Port}\n cache\n}}\n";
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions { Port = port, Corefile = good });
        Assert.Equal((0, 0), await FiguresAsync());

        foreach (int times in (int[])[1, 2])
        {
            await server.WriteCorefileAsync(good.Replace("cache", $"cashe {times}", StringComparison.Ordinal));
            await server.SignalAsync("HUP");
            await UntilAsync((times, 1));
            Assert.Equal(Rcode.NoError, (await server.Client.UdpAsync(ServerFixture.NewName())).Rcode);
        }

        Assert.Matches(@"Corefile:5:2: .*cashe.*did you mean .cache", server.Output);
        await server.WriteCorefileAsync(good);
        await server.SignalAsync("HUP");
        await UntilAsync((2, 0));

        async Task<(double Failed, double Refused)> FiguresAsync()
        {
            MetricsPage page = await MetricsPage.ReadAsync(metrics, null);
            return (page["coredns_reload_failed_total"], page["nodedns_config_refused"]);
        }

        async Task UntilAsync((double Failed, double Refused) expected)
        {
            long began = Stopwatch.GetTimestamp();
            while (await FiguresAsync() != expected)
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"{await FiguresAsync()}\n{server.Output}");
                await Task.Delay(20);
            }
        }
    }
}
