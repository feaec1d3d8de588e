using System;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>A server with a status page, two zones and two upstreams of which the first can be taken away.</summary>
internal sealed class StatusServer : IAsyncDisposable
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly int _metricsPort = FreePort.Next();
    private readonly int _port = FreePort.Next();
    private bool _hasLostFirst;

    public FakeUpstream First { get; } = new();

    public FakeUpstream Second { get; } = new();

    public NodeDnsProcess Server { get; private set; } = null!;

    public string Url => $"http://127.0.0.1:{_metricsPort}/";

    /// <summary>What Prometheus scrapes.</summary>
    public string Target => $"127.0.0.1:{_metricsPort}";

    public string FirstAddress => $"127.0.0.1:{First.Port}";

    private string SecondAddress => $"127.0.0.1:{Second.Port}";

    public static async Task<StatusServer> StartAsync(params string[] arguments)
    {
        StatusServer all = new();
        all.Server = await NodeDnsProcess.StartAsync(new NodeDnsOptions { Corefile = all.Corefile($"{all.FirstAddress} {all.SecondAddress}"), Port = all._port, Arguments = arguments });
        return all;
    }

    public async Task<JsonElement> StatsAsync() => JsonDocument.Parse(await TextAsync("api/v1/stats")).RootElement;

    public Task<string> TextAsync(string path) => s_http.GetStringAsync(new Uri(Url + path));

    public Task<HttpResponseMessage> GetAsync(string path) => s_http.GetAsync(new Uri(Url + path));

    /// <summary>Asks new names and one name again and again: two thirds come from the cache.</summary>
    public async Task AskAsync(int rounds, string zone = "example.")
    {
        for (int i = 0; i < rounds; i++)
        {
            string name = ServerFixture.NewName(zone);
            await Server.Client.UdpAsync(name);
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Server.Client.UdpAsync(name)));
        }
    }

    /// <summary>Takes the first upstream away and asks until the server has found out.</summary>
    public async Task LoseFirstAsync()
    {
        _hasLostFirst = true;
        await First.DisposeAsync();
        for (int i = 0; i < 200; i++)
        {
            await Server.Client.UdpAsync(ServerFixture.NewName());
            JsonElement upstream = (await StatsAsync()).GetProperty("upstreams").EnumerateArray()
                .First(one => one.GetProperty("address").GetString() == FirstAddress);
            if (upstream.GetProperty("state").GetString() == "down")
            {
                return;
            }

            // Its probes decide, and they go by the half second.
            await Task.Delay(50);
        }

        throw new InvalidOperationException($"{FirstAddress} is not down; log:\n{Server.Output}");
    }

    /// <summary>Takes the first upstream out of the config, and waits until that is the one in force.</summary>
    public async Task ReloadWithoutFirstAsync()
    {
        await Server.WriteCorefileAsync(Corefile(SecondAddress));
        await Server.SignalAsync("HUP");
        for (int i = 0; (await StatsAsync()).GetProperty("config").GetProperty("reloads").GetInt32() == 0; i++)
        {
            await Task.Delay(i < 200 ? 50 : throw new TimeoutException(Server.Output));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        if (!_hasLostFirst)
        {
            await First.DisposeAsync();
        }

        await Second.DisposeAsync();
    }

    private string Corefile(string upstreams) => $$"""
        .:{{_port}} {
            bind 127.0.0.1
            errors
            prometheus 127.0.0.1:{{_metricsPort}}
            deny blocked.example
            cache {
                serve_stale
            }
            forward . {{upstreams}} {
                policy sequential
            }
        }
        cluster.local:{{_port}} {
            bind 127.0.0.1
            errors
            prometheus 127.0.0.1:{{_metricsPort}}
            cache
            forward . {{SecondAddress}}
        }
        """;
}
