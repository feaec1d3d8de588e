using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Cli;
using Xunit;

namespace NodeDns.Tests.Cli;

public sealed class TopScreenTests
{
    private static string Sample(int queries) => $"""
        up 3723000
        queries {queries}
        hits {queries / 2}
        stale 0
        misses {queries / 4}
        servfail {queries / 10}
        counted 200
        here 8.2 65.5
        waited 2048 33000
        interception off
        unknown thing of a newer server
        upstream DOWN 0.0 10 5 5 10.0.0.1:53
        upstream up 1.5 {queries} {queries} 0 10.0.0.2:53
        name 100 0 busy.example.
        name 50 2 a\027[31m{new string('x', 300)}.example.
        client 150 0 10.1.1.1
        """;

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 10)]
    [InlineData(200, 60)]
    public void Draw_AnySize_FitsAndExplainsTheKeys(int width, int height)
    {
        List<string> lines = Draw(width, height, TopView.Both);

        Assert.True(lines.Count <= height);
        Assert.All(lines, line => Assert.True(line.Length <= width));
        Assert.All(lines, line => Assert.DoesNotContain(line, c => c is < ' ' or > '~'));
        Assert.StartsWith("keys: q quit   space pause", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_TwoLooks_ShowsRatesSharesAndWhoIsDown()
    {
        string screen = string.Join('\n', Draw(120, 40, TopView.Both));

        Assert.Contains("up 1h02m", screen, StringComparison.Ordinal);
        Assert.Contains("500 queries/s   hits 50.0 %   stale 0.0 %   SERVFAIL 10.0 %", screen, StringComparison.Ordinal);
        Assert.Contains("half within 8.2 us, 99 % 65.5 us", screen, StringComparison.Ordinal);
        Assert.Matches(@"10\.0\.0\.1:53 +DOWN +- ", screen);
        Assert.Matches(@"10\.0\.0\.2:53 +up +1\.5 ms +500", screen);
        Assert.Matches(@"50\.0 % +250 +busy\.example\.", screen);
        Assert.Matches(@"75\.0 % +375 +10\.1\.1\.1", screen);
    }

    [Fact]
    public void Draw_OnATerminal_PaintsTheUpstreamThatIsDown()
    {
        List<string> lines = new TopScreen(120, 40, hasColor: true).Draw(
            TopSample.Parse(Sample(1000)), TopSample.Parse(Sample(500)), 1, TopView.Names, isPaused: true);

        Assert.StartsWith("\e[1;31m10.0.0.1:53", lines.Single(line => line.Contains("DOWN", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("PAUSED", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains("10.1.1.1", StringComparison.Ordinal));
    }

    private static List<string> Draw(int width, int height, TopView view) => new TopScreen(width, height, hasColor: false).Draw(
        TopSample.Parse(Sample(1000)), TopSample.Parse(Sample(500)), 1, view, isPaused: false);
}
