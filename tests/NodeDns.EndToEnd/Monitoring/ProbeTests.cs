using System;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>Probing outwards with <c>probe</c>, and being probed by Prometheus' own prober.</summary>
public sealed class ProbeTests(MetricsServer fixture) : ServerTests<MetricsServer>(fixture)
{
    private const string Soa = "name=\"probe.example.\",type=\"SOA\"";
    private const string Key = "name=\"probe.example.\",type=\"DNSKEY\"";

    [Fact]
    public async Task Probe_OfAZone_FollowsWhatTheUpstreamSays()
    {
        // Nothing is scripted for the key: an answer of another type is no success.
        Upstream.On("probe.example.", RrType.Soa, q => q.Answer(DnsRecord.Soa("probe.example.", 60, 30)));
        await Until(async () => await Fixture.ValueAsync("nodedns_probe_success", Soa) == 1);
        string text = await Fixture.MetricsAsync();
        Assert.True(MetricsServer.Value(text, "nodedns_probe_soa_serial", "name=\"probe.example.\"") > 0);
        Assert.Equal(0, MetricsServer.Value(text, "nodedns_probe_success", Key));
        Assert.True(MetricsServer.Value(text, "nodedns_probe_duration_seconds", Soa) > 0);

        Upstream.On("probe.example.", RrType.Soa, q => q.Error(Rcode.ServFail));
        await Until(async () => await Fixture.ValueAsync("nodedns_probe_success", Soa) == 0);
        text = await Fixture.MetricsAsync();
        Assert.True(MetricsServer.Value(text, "nodedns_probe_failures_total", Soa) > 0);
        Assert.True(MetricsServer.Value(text, "nodedns_probe_soa_serial", "name=\"probe.example.\"") > 0);

        // No client asked: none of it is in the metrics of queries.
        Assert.DoesNotContain("type=\"DNSKEY\"}", string.Join('\n', Array.FindAll(text.Split('\n'), line => line.StartsWith("coredns_dns_requests", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [NeedsFact(Need.Blackbox)]
    public async Task BlackboxExporter_AsksOverUdpAndTcp_Succeeds()
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-blackbox-").FullName;
        string config = Path.Combine(folder, "blackbox.yml");
        await File.WriteAllTextAsync(config, """
            modules:
              udp: &soa
                prober: dns
                timeout: 5s
                dns: { query_name: big.example, query_type: SOA, transport_protocol: udp, valid_rcodes: [NOERROR], validate_answer_rrs: { fail_if_not_matches_regexp: ["big.example.*SOA.*"] } }
              tcp:
                prober: dns
                timeout: 5s
                dns: { query_name: big.example, query_type: SOA, transport_protocol: tcp, valid_rcodes: [NOERROR] }
              absent:
                prober: dns
                timeout: 5s
                dns: { query_name: none.example, query_type: A, transport_protocol: udp, valid_rcodes: [NXDOMAIN] }
            """);
        Upstream.On("big.example.", RrType.Soa, q => q.Answer(DnsRecord.Soa("big.example.", 60, 30)));
        Upstream.On("none.example.", RrType.A, q => q.NxDomain());
        int port = FreePort.Next();
        using Process exporter = Process.Start(new ProcessStartInfo(
            "prometheus-blackbox-exporter", [$"--config.file={config}", $"--web.listen-address=127.0.0.1:{port}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            using HttpClient http = new();
            foreach (string module in (string[])["udp", "tcp", "absent"])
            {
                Uri probe = new($"http://127.0.0.1:{port}/probe?module={module}&target=127.0.0.1:{Server.Port}");
                string text = "";
                await Until(async () =>
                {
                    try
                    {
                        text = await http.GetStringAsync(probe);
                        return true;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                });
                Assert.Contains("\nprobe_success 1\n", text, StringComparison.Ordinal);
            }
        }
        finally
        {
            exporter.Kill();
            await exporter.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), "not within 15 s");
            await Task.Delay(50);
        }
    }
}
