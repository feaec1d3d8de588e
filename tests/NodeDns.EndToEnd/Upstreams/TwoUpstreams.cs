using System;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>A server of its own for one test, with two fake upstreams in the order written and metrics.</summary>
internal sealed class TwoUpstreams : IAsyncDisposable
{
    private static readonly HttpClient s_http = new();
    private readonly int _metricsPort = FreePort.Next();

    public FakeUpstream First { get; } = new();

    public FakeUpstream Second { get; } = new();

    public NodeDnsProcess Server { get; private set; } = null!;

    public DnsClient Client => Server.Client;

    /// <param name="options">Lines of the <c>forward</c> block.</param>
    /// <param name="zone">The zone that is forwarded.</param>
    /// <param name="directives">More lines of the server block.</param>
    /// <param name="upstreams">Instead of both: which ones.</param>
    public static async Task<TwoUpstreams> StartAsync(
        string options = "", string zone = ".", string directives = "cache", Func<TwoUpstreams, string>? upstreams = null,
        string policy = "sequential")
    {
        TwoUpstreams all = new();
        int port = FreePort.Next();
        string to = upstreams?.Invoke(all) ?? $"127.0.0.1:{all.First.Port} 127.0.0.1:{all.Second.Port}";
        string corefile = $$"""
            {{zone}}:{{port}} {
                bind 127.0.0.1
                prometheus 127.0.0.1:{{all._metricsPort}}
                {{directives}}
                forward . {{to}} {
                    policy {{policy}}
                    {{options}}
                }
            }
            """;
        all.Server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Corefile = corefile,
            Port = port,
            ReadinessName = zone == "." ? "readiness.nodedns.test." : $"readiness.{zone}.",
        });
        // The first answers of a new process take long, and the smoothed round trip remembers them for a while.
        for (int i = 0; i < 30; i++)
        {
            await all.Client.UdpAsync(ServerFixture.NewName(zone == "." ? "warm.example." : zone + "."));
        }

        return all;
    }

    /// <summary>Asks a new name and says how long the answer took.</summary>
    public async Task<(DnsMessage Answer, TimeSpan Took)> AskAsync(string? name = null)
    {
        long began = Stopwatch.GetTimestamp();
        DnsMessage answer = await Client.UdpAsync(name ?? ServerFixture.NewName());
        return (answer, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Asks new names until the condition holds; fails after the limit.</summary>
    public async Task AskUntilAsync(Func<bool> condition, TimeSpan within)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < within, $"not within {within.TotalSeconds} s; log:\n{Server.Output}");
            await Client.UdpAsync(ServerFixture.NewName());
        }
    }

    /// <summary>A metric of one upstream.</summary>
    public async Task<double> MetricAsync(string name, FakeUpstream upstream)
    {
        string text = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"));
        Match found = Regex.Match(
            text, $@"^{name}{{upstream=""127\.0\.0\.1:{upstream.Port}""}} (\S+)$", RegexOptions.Multiline);
        Assert.True(found.Success, $"{name} of port {upstream.Port} is not in\n{text}");
        return double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>What went wrong with queries to an upstream, of one cause.</summary>
    public async Task<double> ErrorsAsync(FakeUpstream upstream, string cause)
    {
        string text = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"));
        Match found = Regex.Match(
            text, $@"^nodedns_upstream_errors_total{{to=""127\.0\.0\.1:{upstream.Port}"",cause=""{cause}""}} (\S+)$",
            RegexOptions.Multiline);
        Assert.True(found.Success, $"{cause} of port {upstream.Port} is not in\n{text}");
        return double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    public async Task WaitForMetricAsync(string name, FakeUpstream upstream, double value)
    {
        long began = Stopwatch.GetTimestamp();
        while (await MetricAsync(name, upstream) != value)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(8), $"{name} is not {value}; log:\n{Server.Output}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
