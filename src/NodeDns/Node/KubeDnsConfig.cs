using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeDns.Config.Values;

namespace NodeDns.Node;

/// <summary>What the kube-dns ConfigMap asks of a node's cache: zones with servers of their own, and other upstreams.</summary>
internal sealed partial record KubeDnsConfig(
    ImmutableArray<(string Domain, ImmutableArray<string> Servers)> StubDomains, ImmutableArray<string> Upstreams)
{
    /// <summary>As kube-dns has it.</summary>
    private const int MostUpstreams = 3;

    public static KubeDnsConfig Empty { get; } = new([], []);

    /// <summary>Reads the two keys; a key that is not there is null or empty text.</summary>
    public static KubeDnsConfig? TryParse(string? stubDomains, string? upstreamNameservers, out string error)
    {
        string key = "stubDomains";
        try
        {
            error = "";
            ImmutableArray<(string, ImmutableArray<string>)> stubs = string.IsNullOrWhiteSpace(stubDomains) ? [] : Stubs(stubDomains);
            key = "upstreamNameservers";
            ImmutableArray<string> upstreams = string.IsNullOrWhiteSpace(upstreamNameservers)
                ? []
                : Servers(JsonDocument.Parse(upstreamNameservers).RootElement, key);
            if (upstreams.Length > MostUpstreams)
            {
                throw new FormatException($"upstreamNameservers: at most {MostUpstreams} servers");
            }

            return new KubeDnsConfig(stubs, upstreams);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException)
        {
            error = wrong is FormatException ? wrong.Message : $"{key}: no JSON of the kind that kube-dns reads: {wrong.Message}";
            return null;
        }
    }

    /// <summary>The Corefile with a block for each stub domain, as node-cache makes them.</summary>
    public string Extend(string corefile, int port)
    {
        // node-cache's template asks its upstreams over TCP, which servers that people name themselves may not speak.
        StringBuilder text = new(Upstreams.IsEmpty ? corefile : ForcedTcp().Replace(corefile, "$1"));
        foreach ((string domain, ImmutableArray<string> servers) in StubDomains)
        {
            text.Append($"\n{domain}:{port} {{\n    errors\n    cache 30\n    bind __PILLAR__LOCAL__DNS__\n")
                .Append($"    forward . {string.Join(' ', servers)}\n}}\n");
        }

        return text.ToString();
    }

    private static ImmutableArray<(string, ImmutableArray<string>)> Stubs(string json) =>
    [
        .. JsonDocument.Parse(json).RootElement.EnumerateObject().OrderBy(stub => stub.Name, StringComparer.Ordinal).Select(stub =>
            Domain().IsMatch(stub.Name)
                ? (stub.Name, Servers(stub.Value, $"stubDomains: {Shown.Text(stub.Name)}"))
                : throw new FormatException($"stubDomains: {Shown.Text(stub.Name)} is no domain name")),
    ];

    private static ImmutableArray<string> Servers(JsonElement list, string what)
    {
        ImmutableArray<string> servers = [.. list.EnumerateArray().Select(server => server.GetString() ?? "")];
        string? wrong = servers.FirstOrDefault(server => !IPAddress.TryParse(server, out _) && !IPEndPoint.TryParse(server, out _));
        return wrong is null && !servers.IsEmpty
            ? servers
            : throw new FormatException($"{what}: {(wrong is null ? "no servers" : Shown.Text(wrong) + " is no IP[:PORT]")}");
    }

    [GeneratedRegex(@"^(?=.{1,253}$)([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*\.?$")]
    private static partial Regex Domain();

    [GeneratedRegex(@"(forward\s+\.\s+__PILLAR__UPSTREAM__SERVERS__)\s*\{\s*force_tcp\s*\}")]
    private static partial Regex ForcedTcp();
}
