using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NodeDns.Config;
using NodeDns.Hosting;
using NodeDns.Logging;
using NodeDns.Metrics;
using NodeDns.Tests.Tree;
using NodeDns.Timing;
using Xunit;

namespace NodeDns.Tests.Metrics;

/// <summary>docs/metrics.md against the metrics of a server, both ways: name, type and labels.</summary>
public sealed class MetricsDocsTests : IDisposable
{
    private readonly LogQueue _logs;
    private readonly Server _server;

    public MetricsDocsTests()
    {
        Clock clock = new();
        _logs = new LogQueue(clock, Stream.Null, Stream.Null);
        ServerOptions options = new() { CacheBytes = 1 << 20, Workers = 1 };
        _server = new Server(options, CorefileSource.Choose(options, () => TextReader.Null, CorefileFiles.OfSystem), clock, _logs);
    }

    public void Dispose()
    {
        _server.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public void Page_NamesEveryMetric_AndNoOther()
    {
        IEnumerable<string> documented = Regex
            .Matches(
                SourceTree.Read("docs/metrics.md"), @"^\| `([a-z0-9_]+)` \| (counter|gauge|histogram) \| ([a-z_, ]*)\|", RegexOptions.Multiline)
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value} {row.Groups[3].Value.Trim()}");
        IEnumerable<string> exported = _server.Metrics.Sources
            .Select(source => source.Family)
            .Select(family => $"{family.Name} {family.Kind.ToString().ToLowerInvariant()} {string.Join(", ", family.Labels)}");

        Assert.Equal(exported.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_OfAllMetrics_AreUniqueAndFollowTheConventions()
    {
        List<MetricFamily> families = [.. _server.Metrics.Sources.Select(source => source.Family)];
        Assert.Equal(families.Count, families.Select(family => family.Name).Distinct().Count());
        Assert.All(families, family =>
        {
            Assert.Matches("^(coredns|nodedns|process|dotnet)_[a-z0-9_]+$", family.Name);
            Assert.Equal(family.Kind == MetricKind.Counter, family.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.EndsWith(family.Help == "The number of errors during periodic network setup for node-cache" ? "node-cache" : ".", family.Help, StringComparison.Ordinal);
        });
    }
}
