using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NodeDns.TestKit;

/// <summary>An expression of deploy/monitoring and where it stands.</summary>
public sealed record MonitoringExpression(string Where, string Text);

/// <summary>The files of deploy/monitoring as the tests read them.</summary>
public static class MonitoringFiles
{
    public static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "deploy", "monitoring");

    public static string Rules => Path.Combine(Folder, "rules.yaml");

    public static JsonElement Dashboard() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana-dashboard.json"))).RootElement;

    /// <summary>Every alert's name and the page its runbook_url leads to.</summary>
    public static IReadOnlyList<(string Alert, string Page)> Alerts() =>
    [
        .. Regex.Matches(File.ReadAllText(Rules), @"- alert: (\w+)\n.*?runbook_url: \S+/(docs/runbooks/\S+)", RegexOptions.Singleline)
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value)),
    ];

    public static IReadOnlyList<MonitoringExpression> OfRules() =>
    [
        .. Regex.Matches(
                File.ReadAllText(Rules),
                @"- (?:alert|record): (\S+)\n +expr: (?:'(?<one>[^\n]*)'|\|-\n(?<many>(?: {10}[^\n]*\n)+))")
            .Select(match => new MonitoringExpression(
                match.Groups[1].Value,
                match.Groups["one"].Success
                    ? match.Groups["one"].Value.Replace("''", "'", StringComparison.Ordinal)
                    : Regex.Replace(match.Groups["many"].Value, @"\s+", " ").Trim())),
    ];

    /// <summary>The dashboard's expressions with its variables filled in for one instance that is scraped every second.</summary>
    public static IReadOnlyList<MonitoringExpression> OfDashboard() =>
    [
        .. from panel in Dashboard().GetProperty("panels").EnumerateArray()
           where panel.TryGetProperty("targets", out _)
           from target in panel.GetProperty("targets").EnumerateArray()
           select new MonitoringExpression(
               $"{panel.GetProperty("id")} {panel.GetProperty("title").GetString()}",
               target.GetProperty("expr").GetString()!
                   .Replace("$__rate_interval", "30s", StringComparison.Ordinal)
                   .Replace("$job", ".*", StringComparison.Ordinal)
                   .Replace("$instance", ".*", StringComparison.Ordinal)),
    ];

    /// <summary>The metrics an expression names; the parts of a histogram by its name.</summary>
    public static IEnumerable<string> MetricsOf(string expression) =>
        Regex.Matches(expression, @"(?<![\w:])(?:coredns|nodedns|process|dotnet)_\w+(?=[{\[ )]|$)")
            .Select(match => Regex.Replace(match.Value, "_(bucket|sum|count)$", ""))
            .Distinct();
}
