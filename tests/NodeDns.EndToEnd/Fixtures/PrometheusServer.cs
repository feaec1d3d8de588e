using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>A real Prometheus that scrapes one target every second and evaluates a rule file.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly string _folder;
    private readonly string _url;

    private PrometheusServer(Process process, string folder, string url)
    {
        _process = process;
        _folder = folder;
        _url = url;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public static async Task<PrometheusServer> StartAsync(string target, string rules)
    {
        string folder = Directory.CreateTempSubdirectory("nodedns-prometheus-").FullName;
        int port = FreePort.Next();
        string config = Path.Combine(folder, "prometheus.yaml");
        await File.WriteAllTextAsync(config, $$"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: ["{{rules}}"]
            scrape_configs:
              - job_name: kube-system/node-local-dns
                static_configs:
                  - targets: ["{{target}}"]
                    labels: { instance: node-1 }
            """);
        ProcessStartInfo start = new("prometheus",
        [
            $"--config.file={config}", $"--storage.tsdb.path={folder}/data",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
        ])
        {
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        PrometheusServer prometheus = new(Process.Start(start)!, folder, $"http://127.0.0.1:{port}");
        try
        {
            await prometheus.WaitAsync("up == 1");
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }

        return prometheus;
    }

    /// <summary>How many series an expression has now; throws with Prometheus' words when it is no good.</summary>
    public async Task<int> CountAsync(string expression) =>
        (await GetAsync($"query?query={Uri.EscapeDataString(expression)}")).GetProperty("result").GetArrayLength();

    /// <summary>The value of the first series.</summary>
    public async Task<double> ValueAsync(string expression)
    {
        JsonElement result = (await GetAsync($"query?query={Uri.EscapeDataString(expression)}")).GetProperty("result");
        return double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>The rules with an error, in Prometheus' words; rules it has not evaluated yet count.</summary>
    public async Task<string[]> BadRulesAsync() =>
    [
        .. from rules in (await GetAsync("rules")).GetProperty("groups").EnumerateArray()
           from rule in rules.GetProperty("rules").EnumerateArray()
           where rule.GetProperty("health").GetString() != "ok"
           select $"{rule.GetProperty("name")}: {rule.GetProperty("health")}",
    ];

    public async Task WaitAsync(string expression)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await CountAsync(expression) > 0)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }

            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"Prometheus never had {expression}; its log:\n{Log}");
            }

            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage answer = await s_http.GetAsync(new Uri($"{_url}/api/v1/{path}"));
        string text = await answer.Content.ReadAsStringAsync();
        JsonElement read = text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default;
        return read.ValueKind == JsonValueKind.Object && read.GetProperty("status").GetString() == "success"
            ? read.GetProperty("data")
            : throw new HttpRequestException($"{path}: {text}");
    }
}
