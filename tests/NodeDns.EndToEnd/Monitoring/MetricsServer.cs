using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>A server with a bit of everything, and its HTTP endpoints.</summary>
public sealed class MetricsServer : ServerFixture
{
    private static readonly HttpClient s_http = new();

    public int MetricsPort { get; } = FreePort.Next();

    public int HealthPort { get; } = FreePort.Next();

    public int ReadyPort { get; } = FreePort.Next();

    public string Label => $"server=\"dns://127.0.0.1:{Port}\"";

    public override string Corefile => $$"""
        .:{{Port}} {
            bind 127.0.0.1
            prometheus 127.0.0.1:{{MetricsPort}}
            health 127.0.0.1:{{HealthPort}}
            ready 127.0.0.1:{{ReadyPort}}
            cache
            hosts {
                192.0.2.1 hosts.example
                fallthrough
            }
            template IN A tpl.example {
                answer "OWNER 60 IN A 192.0.2.9"
            }
            probe probe.example SOA DNSKEY {
                every 1s
                to {{UpstreamAddress}}
            }
            forward . {{UpstreamAddress}} {
                max_fails 0
            }
        }
        lan.:{{Port}} {
            bind 127.0.0.1
            ndots_filter lan
            whoami
        }
        """.Replace("OWNER", "{{ .Name }}", StringComparison.Ordinal);

    public static async Task<string> GetAsync(int port, string path, string? accept = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}"));
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using HttpResponseMessage response = await s_http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    public Task<string> MetricsAsync(string? accept = null) => GetAsync(MetricsPort, "/metrics", accept);

    /// <summary>The value of the series that has these labels among its own.</summary>
    public async Task<double> ValueAsync(string name, params string[] labels) => Value(await MetricsAsync(), name, labels);

    public static double Value(string text, string name, params string[] labels)
    {
        IEnumerable<string> lines = text.Split('\n')
            .Where(line => Regex.IsMatch(line, $"^{name}[{{ ]") && labels.All(label => line.Contains(label, StringComparison.Ordinal)));
        return lines.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
