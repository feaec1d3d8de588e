using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>A real Prometheus on the built server: our dashboard and rules, and what public dashboards ask.</summary>
public sealed class PrometheusTests
{
    /// <summary>Expressions of the dashboard without data on a server off a node and without probes.</summary>
    private static readonly string[] s_withoutData =
    [
        "nodedns_interception_up", "nodedns_probe_", "coredns_cache_evictions_total", "nodedns_stale_age_seconds_bucket",
    ];

    [NeedsFact(Need.Prometheus)]
    public async Task Expressions_OfDashboardRulesAndPublicDashboards_HaveData()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(server.Target, MonitoringFiles.Rules);
        await AskAllSortsAsync(server);
        string all = (await server.StatsAsync()).GetProperty("totalQueries").ToString();
        await prometheus.WaitAsync($"nodedns_queries_total >= {all} and count_over_time(nodedns_queries_total[1m]) > 2");
        await prometheus.WaitAsync("count_over_time(coredns_dns_responses_total{rcode=\"SERVFAIL\"}[1m]) > 1");

        List<string> silent = [];
        foreach (MonitoringExpression expression in MonitoringFiles.OfDashboard())
        {
            if (await prometheus.CountAsync(expression.Text) == 0
                && !s_withoutData.Any(part => expression.Text.Contains(part, System.StringComparison.Ordinal)))
            {
                silent.Add($"{expression.Where}: {expression.Text}");
            }
        }

        foreach (string line in await PublicMetricsAsync())
        {
            string[] words = line.Split(' ');
            string labels = string.Concat(words[1..].Select(label => $"{label}!=\"\","));
            string query = $"{words[0]}{{{labels}}}";
            if (await prometheus.CountAsync(query) == 0)
            {
                silent.Add(query);
            }
        }

        Assert.Empty(silent);
        foreach (MonitoringExpression rule in MonitoringFiles.OfRules())
        {
            Assert.True(await prometheus.CountAsync(rule.Text) >= 0, rule.Where);
        }

        Assert.Empty(await prometheus.BadRulesAsync());
        await AssertAlertsFollowAsync(server, prometheus);
    }

    /// <summary>What the rules look at, after the server has lost an upstream.</summary>
    private static async Task AssertAlertsFollowAsync(StatusServer server, PrometheusServer prometheus)
    {
        string upstreamDown = MonitoringFiles.OfRules().Single(rule => rule.Where == "NodeDnsUpstreamDown").Text;
        Assert.Equal(0, await prometheus.CountAsync(upstreamDown));

        await server.LoseFirstAsync();

        await prometheus.WaitAsync(upstreamDown);
        Assert.Equal(1, await prometheus.CountAsync($"ALERTS{{alertname=\"NodeDnsUpstreamDown\", upstream=\"{server.FirstAddress}\"}} or on () {upstreamDown}"));
    }

    /// <summary>Something for every counter: both transports, hits and denials, failures, filters, DO.</summary>
    private static async Task AskAllSortsAsync(StatusServer server)
    {
        await server.AskAsync(10);
        await server.AskAsync(3, "cluster.local.");
        DnsClient client = server.Server.Client;
        await client.UdpAsync("www.blocked.example.");
        await client.UdpAsync(DnsMessage.Query("signed.example.", RrType.Aaaa).WithEdns(edns => edns.DnssecOk = true));
        server.First.On("none.example.", query => query.NxDomain());
        await client.UdpAsync("none.example.");
        await client.UdpAsync("none.example.");
        server.First.On("broken.example.", query => query.Error(Rcode.ServFail));
        server.Second.On("broken.example.", query => query.Error(Rcode.ServFail));
        await client.UdpAsync("broken.example.");
        using DnsTcpConnection tcp = await client.ConnectTcpAsync();
        await tcp.SendAsync(DnsMessage.Query("tcp.example.", RrType.A).Encode());
        Assert.NotNull(await tcp.ReceiveAsync(System.TimeSpan.FromSeconds(10)));
    }

    private static async Task<string[]> PublicMetricsAsync()
    {
        string file = Path.Combine(RepositoryRoot.Path, "tests", "NodeDns.EndToEnd", "Monitoring", "public-dashboards.txt");
        return [.. (await File.ReadAllLinesAsync(file)).Where(line => line.Length > 0 && line[0] != '#')];
    }
}
