using System;
using System.Diagnostics;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Node;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>Upstreams behind routes that lead nowhere: the kernel says so at once, and the next one is asked at once.</summary>
public sealed class RouteTests
{
    [BoxFact]
    [Trait("Drill", "blackhole route")]
    public async Task RouteThatLeadsNowhere_TheNextUpstreamAnswersWithoutAnyTimer()
    {
        string space = $"nodedns-rt-{Environment.ProcessId}";
        await IpAsync("netns", "add", space);
        try
        {
            await IpAsync("-n", space, "link", "set", "lo", "up");
            await using FakeUpstream second = NetworkNamespace.Run(space, () => new FakeUpstream(port: 5301));
            await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
            {
                Port = 5300,
                NetworkNamespace = space,
                Corefile = Zone(".", "127.0.0.1:5301") + Zone("noroute.test", "10.9.0.1 127.0.0.1:5301")
                    + Zone("blackhole.test", "10.9.1.1 127.0.0.1:5301") + Zone("unreachable.test", "10.9.2.1 127.0.0.1:5301")
                    + Zone("prohibit.test", "10.9.3.1 127.0.0.1:5301") + Zone("refused.test", "127.0.0.1:5399 127.0.0.1:5301"),
            });
            await IpAsync("-n", space, "route", "add", "blackhole", "10.9.1.1/32");
            await IpAsync("-n", space, "route", "add", "unreachable", "10.9.2.1/32");
            await IpAsync("-n", space, "route", "add", "prohibit", "10.9.3.1/32");
            foreach (string zone in (string[])["noroute", "blackhole", "unreachable", "prohibit", "refused"])
            {
                // hedge off and a read timeout of two seconds: nothing but the error can make it this fast.
                long began = Stopwatch.GetTimestamp();
                DnsMessage answer = await server.Client.UdpAsync($"n.{zone}.test.");
                Assert.Equal((zone, Rcode.NoError), (zone, answer.Rcode));
                Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(1));
                Assert.Equal(1, second.Count($"n.{zone}.test."));
            }
        }
        finally
        {
            await CommandResult.RunAsync("ip", ["netns", "delete", space]);
        }
    }

    private static string Zone(string zone, string upstreams) =>
        $"{zone}:5300 {{\n bind 127.0.0.1\n forward . {upstreams} {{\n policy sequential\n hedge off\n }}\n}}\n";

    private static async Task IpAsync(params string[] arguments)
    {
        CommandResult result = await CommandResult.RunAsync("ip", arguments);
        Assert.True(result.ExitCode == 0, result.All);
    }
}
