using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>What a scrape says of traffic that is known.</summary>
public sealed class MetricsTests(MetricsServer fixture) : ServerTests<MetricsServer>(fixture)
{
    [Fact]
    public async Task Queries_OfEachKind_AreCountedWhereCoreDnsCountsThem()
    {
        string zone = $"{Fixture.Label},zone=\".\",view=\"\"";
        string before = await Fixture.MetricsAsync();
        string name = NewName();
        await Client.UdpAsync(name);
        await Client.UdpAsync(name);
        await Client.UdpAsync(DnsMessage.Query(name).WithEdns(e => e.DnssecOk = true));
        await Client.TcpAsync(DnsMessage.Query(name));
        Upstream.On("absent.example.", RrType.Mx, q => q.NxDomain());
        await Client.UdpAsync("absent.example.", RrType.Mx);
        await Client.UdpAsync("hosts.example.");
        await Client.UdpAsync("x.tpl.example.");
        await Client.UdpAsync("www.example.com.lan.");
        await Client.UdpAsync(DnsMessage.Query("a.example.", 4711));
        string after = await Fixture.MetricsAsync();

        double Grown(string metric, params string[] labels) =>
            MetricsServer.Value(after, metric, labels) - MetricsServer.Value(before, metric, labels);
        const string Requests = "coredns_dns_requests_total";
        const string Responses = "coredns_dns_responses_total";
        Assert.Equal(5, Grown(Requests, zone, "proto=\"udp\",family=\"1\",type=\"A\""));
        Assert.Equal(1, Grown(Requests, zone, "proto=\"tcp\",family=\"1\",type=\"A\""));
        Assert.Equal(1, Grown(Requests, zone, "type=\"MX\""));
        Assert.Equal(1, Grown(Requests, zone, "type=\"other\""));
        Assert.Equal(1, Grown(Requests, "zone=\"lan.\""));
        Assert.Equal(1, Grown("coredns_dns_do_requests_total", zone));
        Assert.Equal(2, Grown(Responses, zone, "rcode=\"NOERROR\",plugin=\"cache\""));
        Assert.Equal(1, Grown(Responses, zone, "rcode=\"NXDOMAIN\",plugin=\"forward\""));
        Assert.Equal(1, Grown(Responses, zone, "plugin=\"hosts\""));
        Assert.Equal(1, Grown(Responses, zone, "plugin=\"template\""));
        Assert.Equal(1, Grown(Responses, "zone=\"lan.\"", "rcode=\"NXDOMAIN\",plugin=\"ndots_filter\""));
        Assert.Equal(1, Grown("nodedns_filtered_total", "zone=\"lan.\"", "filter=\"ndots_filter\""));
        Assert.Equal(1, Grown("coredns_template_matches_total", zone, "class=\"IN\",type=\"A\""));
        Assert.Equal(2, Grown("coredns_cache_hits_total", "type=\"success\",zones=\".\""));
        Assert.Equal(Grown("coredns_cache_requests_total"), Grown("coredns_cache_hits_total") + Grown("coredns_cache_misses_total"));
        Assert.Equal(8, Grown("coredns_dns_request_duration_seconds_count", zone));
        Assert.Equal(8, Grown("coredns_dns_request_size_bytes_count", zone));
        Assert.Equal(8, Grown("coredns_dns_response_size_bytes_count", zone));
        Assert.True(Grown("coredns_proxy_request_duration_seconds_count", "proxy_name=\"forward\"", "rcode=\"NXDOMAIN\"") >= 1);
        Assert.Equal(1, MetricsServer.Value(after, "coredns_plugin_enabled", zone, "name=\"hosts\""));
        Assert.True(MetricsServer.Value(after, "coredns_hosts_entries") > 0);
        Assert.True(MetricsServer.Value(after, "process_resident_memory_bytes") > 10_000_000);
        Assert.True(MetricsServer.Value(after, "nodedns_worker_cpu_seconds_total") > 0);
    }

    [Fact]
    public async Task Histograms_OfABusyServer_AreConsistent()
    {
        for (int i = 0; i < 50; i++)
        {
            await Client.UdpAsync(NewName());
        }

        string text = await Fixture.MetricsAsync();
        Dictionary<string, (double Last, double Infinite)> seen = [];
        foreach (Match line in Regex.Matches(text, @"^(\w+)_bucket\{(?:(.*),)?le=""([^""]+)""\} (\d+)$", RegexOptions.Multiline))
        {
            string series = $"{line.Groups[1].Value} {line.Groups[2].Value}";
            double value = double.Parse(line.Groups[4].Value, CultureInfo.InvariantCulture);
            double last = seen.GetValueOrDefault(series).Last;
            Assert.True(value >= last, $"{line.Value} is below {last}");
            seen[series] = (value, line.Groups[3].Value == "+Inf" ? value : -1);
        }

        Assert.True(seen.Count > 6);
        foreach ((string series, (double _, double infinite)) in seen)
        {
            string[] parts = series.Split(' ', 2);
            string labels = parts[1].Length > 0 ? $"{{{parts[1]}}}" : "";
            Assert.Contains($"\n{parts[0]}_count{labels} {infinite}\n", text, StringComparison.Ordinal);
            Assert.Contains($"\n{parts[0]}_sum{labels} ", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenMetrics_ByAccept_HasTheSameFamiliesAndItsOwnForm()
    {
        string plain = await Fixture.MetricsAsync();
        string open = await Fixture.MetricsAsync("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        Assert.EndsWith("\n# EOF\n", open, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", await Fixture.MetricsAsync("text/plain, application/openmetrics-text;q=0.5"), StringComparison.Ordinal);
        static IEnumerable<string> Families(string text) => Regex.Matches(text, @"^# TYPE (\w+?)(_total)? (\w+)$", RegexOptions.Multiline)
            .Select(type => $"{type.Groups[1].Value} {type.Groups[3].Value}");
        Assert.Equal(Families(plain), Families(open));
        Assert.DoesNotMatch(@"(?m)^# TYPE \w+_total ", open);

        // OpenMetrics 1.0: a bound is a float in its canonical form.
        Assert.All(
            Regex.Matches(open, "le=\"([^\"]+)\"").Select(bound => bound.Groups[1].Value).Distinct(),
            bound => Assert.Matches(@"^(\+Inf|\d+\.\d+|\d(\.\d+)?e-\d\d)$", bound));
    }

    [Fact]
    [Trait("Statement", "2.2 admin")]
    public async Task Names_OfHostileQueries_BecomeNoLabel()
    {
        byte[] query = DnsMessage.Query("xxxxxxxxxxxx.example.").Encode();
        byte[] evil = [(byte)'"', (byte)'\n', 0, 0xFF, (byte)'}', (byte)'\\', (byte)'#', (byte)' ', 0x1b, (byte)'[', (byte)'E', (byte)'V'];
        evil.CopyTo(query, 13);
        Assert.NotNull(await Client.UdpRawAsync(query, TimeSpan.FromSeconds(5)));

        string text = await Fixture.MetricsAsync();
        Assert.DoesNotContain("EV", text.Replace("REVISION", "", StringComparison.OrdinalIgnoreCase).Replace("PREV", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(text.Split('\n').SkipLast(1), line => Assert.Matches(@"^(# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*\})? [-+0-9.eE]+)$", line));
    }

    [NeedsFact(Need.Promtool)]
    public async Task Promtool_ChecksAScrape_FindsNothing()
    {
        await Client.UdpAsync(NewName());
        string file = Path.Combine(Server.Folder, "metrics.txt");
        await File.WriteAllTextAsync(file, await Fixture.MetricsAsync());

        CommandResult result = await CommandResult.RunAsync("/bin/sh", ["-c", $"promtool check metrics < {file}"]);

        Assert.Equal((0, ""), (result.ExitCode, result.All));
    }

    /// <summary>node-cache's two addresses: that of the Corefile's variable and the one of its own metrics.</summary>
    [Fact]
    public async Task Flags_OfNodeCache_OpenBothPortsWithTheSameMetrics()
    {
        int port = FreePort.Next();
        int first = FreePort.Next();
        int second = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $".:{port} {{\n    bind 127.0.0.1\n    whoami\n    prometheus __PROMETHEUS__ENDPOINT__\n}}\n",
            Arguments =
            [
                "-localip", "127.0.0.1", "-interface-mode", "none", "-interception", "none",
                "-prometheus-listen-address", $"127.0.0.1:{first}", "-metrics-listen-address", $"127.0.0.1:{second}",
            ],
        });

        foreach (int at in (int[])[first, second])
        {
            string text = await MetricsServer.GetAsync(at, "/metrics");
            Assert.Contains("\ncoredns_nodecache_setup_errors_total{errortype=\"iptables_lock\"} 0\n", text, StringComparison.Ordinal);
            Assert.Contains($"coredns_plugin_enabled{{server=\"dns://127.0.0.1:{port}\",zone=\".\",view=\"\",name=\"whoami\"}} 1", text, StringComparison.Ordinal);
            Assert.Contains("\nnodedns_interception_up{mode=\"none\"} 1\n", text, StringComparison.Ordinal);
        }
    }
}
