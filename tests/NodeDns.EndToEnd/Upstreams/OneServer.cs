using System;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>A server for one test with one <c>forward</c> line and metrics.</summary>
internal sealed class OneServer : IAsyncDisposable
{
    private static readonly HttpClient s_http = new();
    private readonly int _metricsPort;

    private OneServer(NodeDnsProcess server, int metricsPort)
    {
        Server = server;
        _metricsPort = metricsPort;
    }

    public NodeDnsProcess Server { get; }

    public DnsClient Client => Server.Client;

    /// <param name="forward">What follows <c>forward .</c>.</param>
    /// <param name="options">Lines of its block.</param>
    /// <param name="directives">More lines of the server block.</param>
    public static async Task<OneServer> StartAsync(string forward, string options = "", string directives = "cache")
    {
        int port = FreePort.Next();
        int metricsPort = FreePort.Next();
        NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $$"""
                .:{{port}} {
                    bind 127.0.0.1
                    prometheus 127.0.0.1:{{metricsPort}}
                    {{directives}}
                    forward . {{forward}} {
                        policy sequential
                        {{options}}
                    }
                }
                """,
        });
        return new OneServer(server, metricsPort);
    }

    /// <summary>Asks a new name.</summary>
    public Task<DnsMessage> AskAsync(string? name = null) =>
        Client.UdpAsync(DnsMessage.Query(name ?? ServerFixture.NewName()).WithEdns(), TimeSpan.FromSeconds(8));

    /// <summary>The sum of a metric over all upstreams whose labels have the text.</summary>
    public async Task<double> MetricAsync(string name, string labels = "")
    {
        string text = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"));
        double sum = 0;
        foreach (Match found in Regex.Matches(text, $@"^{name}({{[^}}]*}})? (\S+)$", RegexOptions.Multiline))
        {
            sum += found.Groups[1].Value.Contains(labels, StringComparison.Ordinal)
                ? double.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) : 0;
        }

        return sum;
    }

    public Task<double> FaultsAsync(string cause) => MetricAsync("nodedns_upstream_errors_total", $"cause=\"{cause}\"");

    /// <summary>The answer is SERVFAIL and its extended error says this.</summary>
    public async Task AssertFailsAsync(int code, string text)
    {
        DnsMessage answer = await AskAsync();
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        ExtendedDnsError error = answer.Edns!.Errors.First();
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
