using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.Tests.Deploy;

/// <summary>deploy/monitoring: the rules, their runbooks and the dashboard, held against each other and the docs.</summary>
public sealed class MonitoringTests
{
    private static readonly string[] s_demanded =
    [
        "DNSQuerySpike", "DNSQueryRateDropped", "DNSHighErrorRate", "CoreDNSErrors", "CoreDNSForwardFailureRate",
        "NodeDnsUpstreamDown", "NodeDnsServingStale", "NodeDnsInterceptionMissing", "NodeDnsReloadFailed",
        "NodeDnsMemoryNearLimit", "NodeDnsDown", "DNSResolutionProbeFailed", "DNSSECProbeFailed", "DNSSerialDivergence",
    ];

    [Fact]
    public void Rules_OfTheOperator_AreThePlainOnes()
    {
        IEnumerable<string> plain = Lines("rules.yaml").SkipWhile(line => line != "groups:");
        IEnumerable<string> nested = Lines("prometheus-rule.yaml").SkipWhile(line => line != "spec:").Skip(1);

        Assert.Equal(plain.Where(line => line.Length > 0), nested.Where(line => line.Length > 0).Select(line => line[2..]));
    }

    [Fact]
    public void Alerts_AllThatAreDemanded_AreThereWithARunbookThatExists()
    {
        IReadOnlyList<(string Alert, string Page)> alerts = MonitoringFiles.Alerts();

        Assert.Empty(s_demanded.Except(alerts.Select(alert => alert.Alert)));
        Assert.Equal(Count("rules.yaml", "- alert: "), alerts.Count);
        Assert.All(alerts, alert => Assert.True(File.Exists(Path.Combine(RepositoryRoot.Path, alert.Page)), alert.Page));
    }

    [Fact]
    public void Runbooks_Each_BelongsToAnAlertAndIsInTheIndex()
    {
        string folder = Path.Combine(RepositoryRoot.Path, "docs", "runbooks");
        string index = File.ReadAllText(Path.Combine(folder, "README.md"));
        string[] pages = [.. Directory.GetFiles(folder, "*.md").Select(Path.GetFileName).OfType<string>().Where(page => page != "README.md")];

        Assert.Empty(pages.Except(MonitoringFiles.Alerts().Select(alert => Path.GetFileName(alert.Page))));
        Assert.All(MonitoringFiles.Alerts(), alert => Assert.Contains(alert.Alert, index, StringComparison.Ordinal));
        Assert.All(pages, page =>
        {
            string text = File.ReadAllText(Path.Combine(folder, page));
            Assert.All(
                (string[])["**It means:**", "**People notice:**", "## Look here", "## Do this", "## It is over when"],
                part => Assert.Contains(part, text, StringComparison.Ordinal));
        });
    }

    [Fact]
    [Trait("Drill", "alert that could never fire")]
    public void Alerts_Each_IsTestedToFireAndNotToFire()
    {
        string tests = File.ReadAllText(Path.Combine(MonitoringFiles.Folder, "rules_test.yaml"));
        foreach ((string alert, _) in MonitoringFiles.Alerts())
        {
            Assert.Matches($@"alertname: {alert}\n +exp_alerts:\n", tests);
            Assert.Matches($@"alertname: {alert}\n +exp_alerts: \[\]\n", tests);
        }
    }

    [Fact]
    public void Metrics_OfRulesAndDashboard_AreDocumented()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "metrics.md"));
        MonitoringExpression[] all = [.. MonitoringFiles.OfRules(), .. MonitoringFiles.OfDashboard()];

        Assert.Equal(Count("rules.yaml", " expr: "), MonitoringFiles.OfRules().Count);
        Assert.All(
            all.SelectMany(expression => MonitoringFiles.MetricsOf(expression.Text)).Distinct(),
            metric => Assert.Contains($"| `{metric}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Dashboard_Panels_HaveTheirOwnNumberAndPlaceAndAskTheChosenDatasource()
    {
        JsonElement[] panels = [.. MonitoringFiles.Dashboard().GetProperty("panels").EnumerateArray()];
        HashSet<(int X, int Y)> taken = [];
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        foreach (JsonElement panel in panels)
        {
            JsonElement place = panel.GetProperty("gridPos");
            int right = place.GetProperty("x").GetInt32() + place.GetProperty("w").GetInt32();
            Assert.InRange(right, 1, 24);
            for (int x = place.GetProperty("x").GetInt32(); x < right; x++)
            {
                for (int y = 0; y < place.GetProperty("h").GetInt32(); y++)
                {
                    Assert.True(taken.Add((x, place.GetProperty("y").GetInt32() + y)), $"two panels at one place: {panel.GetProperty("title")}");
                }
            }

            Assert.True(panel.GetProperty("type").GetString() == "row"
                || panel.GetProperty("targets").EnumerateArray().All(target =>
                    target.GetProperty("datasource").GetProperty("uid").GetString() == "${datasource}"));
        }
    }

    [Fact]
    public void Dashboard_Variables_AreDatasourceJobAndInstance() =>
        Assert.Equal(
            ["datasource", "job", "instance"],
            MonitoringFiles.Dashboard().GetProperty("templating").GetProperty("list").EnumerateArray()
                .Select(variable => variable.GetProperty("name").GetString()));

    [Theory]
    [InlineData("pod-monitor.yaml", "PodMonitor", "podMetricsEndpoints")]
    [InlineData("service-monitor.yaml", "ServiceMonitor", "endpoints")]
    public void Monitor_OfEachKind_SelectsThePodsAndNamesTargetsAfterNodes(string file, string kind, string endpoints)
    {
        var monitor = Manifests.Parse(File.ReadAllText(Path.Combine(MonitoringFiles.Folder, file))).Object($"{kind}/node-local-dns");

        Assert.Equal("k8s-app", (string?)monitor["spec"]!["jobLabel"]);
        Assert.Equal("node-local-dns", (string?)monitor["spec"]!["selector"]!["matchLabels"]!["k8s-app"]);
        Assert.Contains(
            monitor["spec"]![endpoints]![0]!["relabelings"]!.AsArray(),
            relabeling => (string?)relabeling!["targetLabel"] == "instance"
                && ((string?)relabeling["sourceLabels"]![0])!.EndsWith("_node_name", StringComparison.Ordinal));
    }

    [PromtoolTheory]
    [Trait("Drill", "alert that could never fire")]
    [InlineData("check", "rules", "rules.yaml")]
    [InlineData("test", "rules", "rules_test.yaml")]
    public async Task Promtool_OfEachFile_IsContent(string verb, string what, string file)
    {
        CommandResult result = await CommandResult.RunAsync(
            "promtool", [verb, what, Path.Combine(MonitoringFiles.Folder, file)], TimeSpan.FromSeconds(60));

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Matches(@"SUCCESS", result.All);
    }

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(MonitoringFiles.Folder, file));

    private static int Count(string file, string text) => Lines(file).Count(line => line.Contains(text, StringComparison.Ordinal));
}
