using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>What <c>/health</c>, <c>/ready</c> and the service manager are told.</summary>
public sealed class HealthTests(MetricsServer fixture) : ServerTests<MetricsServer>(fixture)
{
    [Fact]
    public async Task Health_OfAServerThatAnswers_IsOkAndItsQuestionsAreNotCountedAsQueries()
    {
        await Task.Run(() => SpinWait.SpinUntil(() => Fixture.ValueAsync("coredns_health_request_duration_seconds_count").Result > 0, 10_000));

        Assert.Equal("OK", await MetricsServer.GetAsync(Fixture.HealthPort, "/health"));
        Assert.Equal("OK", await MetricsServer.GetAsync(Fixture.ReadyPort, "/ready"));
        string text = await Fixture.MetricsAsync();
        Assert.True(MetricsServer.Value(text, "coredns_health_request_duration_seconds_count") > 0);
        Assert.Equal(0, MetricsServer.Value(text, "coredns_dns_responses_total", "plugin=\"local\""));
        Assert.Equal(1, MetricsServer.Value(text, "nodedns_data_plane_up"));
        Assert.Equal(1, MetricsServer.Value(text, "nodedns_ready"));
    }

    [NeedsFact(Need.Netns)]
    public async Task Health_UdpNoLongerAnswers_SaysWhichAddressAndRecovers()
    {
        string space = $"nd-health-{Environment.ProcessId}";
        await Sh($"ip netns add {space} && ip -n {space} link set lo up");
        try
        {
            int port = FreePort.Next();
            await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
            {
                Port = port,
                NetworkNamespace = space,
                Corefile = $".:{port} {{\n    bind 127.0.0.1\n    acl {{\n        block net 192.0.2.0/24\n    }}\n    whoami\n    health 127.0.0.1:8080\n}}\n",
            });
            using HttpClient http = new(new SocketsHttpHandler
            {
                ConnectCallback = async (context, stop) =>
                {
                    Socket socket = NetworkNamespace.Socket(space, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            });
            Uri health = new("http://127.0.0.1:8080/health");
            Assert.Equal("OK", await http.GetStringAsync(health));

            await Sh($"ip netns exec {space} nft 'add table inet t; add chain inet t i {{ type filter hook input priority 0; }}; "
                + $"add rule inet t i udp dport {port} drop'");
            string silent = await UntilAsync(http, health, body => body != "OK");
            Assert.Equal($"no answer from 127.0.0.1:{port}\n", silent);

            await Sh($"ip netns exec {space} nft delete table inet t");
            Assert.Equal("OK", await UntilAsync(http, health, body => body == "OK"));
        }
        finally
        {
            await Sh($"ip netns del {space}");
        }
    }

    [Fact]
    public async Task Watchdog_OfTheServiceManager_HearsThatAllIsWell()
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-notify-").FullName;
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string path = Path.Combine(folder, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(path));
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $".:{port} {{\n    bind 127.0.0.1\n    whoami\n}}\n",
            Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "3000000" },
        });
        byte[] buffer = new byte[256];
        HashSet<string> heard = [];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(15));
        while (!heard.Contains("WATCHDOG=1") || !heard.Contains("READY=1"))
        {
            heard.Add(Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, limit.Token)));
        }

        Assert.Equal(["READY=1", "WATCHDOG=1"], heard.Order());
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> UntilAsync(HttpClient http, Uri address, Func<string, bool> condition)
    {
        for (int i = 0; ; i++)
        {
            using HttpResponseMessage response = await http.GetAsync(address);
            string body = await response.Content.ReadAsStringAsync();
            if (condition(body) || i == 150)
            {
                return body;
            }

            await Task.Delay(100);
        }
    }

    private static async Task Sh(string command)
    {
        CommandResult result = await CommandResult.RunAsync("/bin/sh", ["-c", command]);
        Assert.True(result.ExitCode == 0, $"{command}: {result.All}");
    }
}
