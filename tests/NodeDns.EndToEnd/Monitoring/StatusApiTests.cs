using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>/api/v1/stats of the built program: what it counts, what it hides, and that docs/api.md says the same.</summary>
public sealed class StatusApiTests
{
    /// <summary>Markup, quotes, NUL, 0xFF and a line end in one label.</summary>
    public const string HostileName = """\"<script>alert\(1\)</script>\000\255\010'\\.example.""";

    public const string HostileText = HostileName + " A";

    /// <summary>Asks a name that both upstreams refuse to resolve.</summary>
    internal static async Task FailAsync(StatusServer server, string name)
    {
        server.First.Otherwise = query => query.Error(Rcode.ServFail);
        server.Second.Otherwise = query => query.Error(Rcode.ServFail);
        Assert.Equal(Rcode.ServFail, (await server.Server.Client.UdpAsync(name)).Rcode);
    }

    [Fact]
    public async Task Stats_AfterQuestions_CountsThemByWhoAnswered()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        JsonElement before = await server.StatsAsync();
        await server.AskAsync(10);
        await server.Server.Client.UdpAsync("www.blocked.example.");
        JsonElement after = await server.StatsAsync();

        long Grown(string field) => after.GetProperty(field).GetInt64() - before.GetProperty(field).GetInt64();
        Assert.Equal(
            (31, 10, 20, 1, 1, 0),
            (Grown("totalQueries"), Grown("totalRecursive"), Grown("totalCached"), Grown("totalLocal"), Grown("totalBlocked"),
                Grown("totalServerFailure")));
        Assert.Equal(30, Grown("totalNoError"));
        Assert.Equal([".", "cluster.local."], Texts(after.GetProperty("zones"), "zone").Order());
        Assert.Equal(31, HistoryOf(after).Sum(series => series.Value.Sum()) - HistoryOf(before).Sum(series => series.Value.Sum()));
    }

    [Fact]
    public async Task History_AsTimePasses_KeepsAnHourInSlotsOfTenSeconds()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        await server.Server.AdvanceClockAsync(50);
        await server.AskAsync(4);
        await server.Server.AdvanceClockAsync(20);
        await server.AskAsync(1);
        Dictionary<string, long[]> twoSlots = HistoryOf(await server.StatsAsync());

        // A slot may have ended by itself between two steps.
        Assert.Equal(1, twoSlots["forwarded"][^1] + twoSlots["forwarded"][^2]);
        Assert.Equal(4, twoSlots["forwarded"][^4..^2].Sum());
        Assert.All(twoSlots.Values, series => Assert.Equal(360, series.Length));

        await server.Server.AdvanceClockAsync(3700);
        JsonElement later = await server.StatsAsync();
        Assert.Equal(0, HistoryOf(later).Sum(series => series.Value.Sum()));
        Assert.True(later.GetProperty("totalQueries").GetInt64() > 8);
    }

    [Fact]
    public async Task Stats_UpstreamLost_SaysWhichIsDownAndForHowLong()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        await server.LoseFirstAsync();
        await server.Server.AdvanceClockAsync(100);

        JsonElement stats = await server.StatsAsync();

        JsonElement lost = stats.GetProperty("upstreams")[0];
        Assert.Equal((server.FirstAddress, "down"), (lost.GetProperty("address").GetString(), lost.GetProperty("state").GetString()));
        Assert.InRange(lost.GetProperty("stateSeconds").GetDouble(), 99, 130);
        Assert.Equal("up", stats.GetProperty("upstreams")[1].GetProperty("state").GetString());
        Assert.Contains(Texts(stats.GetProperty("recentErrors"), "text"), text => text.Contains($"{server.FirstAddress} is down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upstream_DownAndTakenOutOfTheConfig_IsNoLongerReported()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        await server.LoseFirstAsync();
        Assert.Contains($"nodedns_upstream_up{{upstream=\"{server.FirstAddress}\"}} 0", await server.TextAsync("metrics"), StringComparison.Ordinal);

        await server.ReloadWithoutFirstAsync();

        string metrics = await server.TextAsync("metrics");
        Assert.DoesNotContain($"nodedns_upstream_up{{upstream=\"{server.FirstAddress}\"}}", metrics, StringComparison.Ordinal);
        Assert.Contains("nodedns_upstream_up{", metrics, StringComparison.Ordinal);
        Assert.Single((await server.StatsAsync()).GetProperty("upstreams").EnumerateArray());
    }

    [Fact]
    public async Task Stats_NamesOfClients_AreNowhereUnlessEnabled()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        await FailAsync(server, HostileName);

        string text = await server.TextAsync("api/v1/stats");

        Assert.Contains("the upstream says so", text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"name\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_NamesEnabled_AreJsonWhateverIsInThem()
    {
        await using StatusServer server = await StatusServer.StartAsync("-status-names");
        await FailAsync(server, HostileName);

        JsonElement stats = await server.StatsAsync();

        Assert.Contains(HostileText, Texts(stats.GetProperty("recentErrors"), "name"));
    }

    [Fact]
    public async Task Fields_OfTheAnswer_AreThoseOfTheDocs()
    {
        await using StatusServer server = await StatusServer.StartAsync("-status-names");
        await FailAsync(server, "www.example.");
        string table = await System.IO.File.ReadAllTextAsync(System.IO.Path.Combine(RepositoryRoot.Path, "docs", "api.md"));
        List<string> documented = [];
        foreach (Match row in Regex.Matches(table, @"^\| (`.*?`) \|", RegexOptions.Multiline))
        {
            foreach (Match name in Regex.Matches(row.Groups[1].Value, "`([^`]+)`"))
            {
                string field = name.Groups[1].Value;
                string last = documented.Count == 0 ? "" : documented[^1];
                documented.Add(field.StartsWith('.') ? last[..(last.Contains("[]", StringComparison.Ordinal)
                    ? last.IndexOf("[]", StringComparison.Ordinal) + 2 : last.LastIndexOf('.'))] + field : field);
            }
        }

        IEnumerable<string> expected = documented.Where(field => !field.StartsWith('/') && !field.EndsWith("[]", StringComparison.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), FieldsOf(await server.StatsAsync(), "").Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "text/html; charset=utf-8")]
    [InlineData("api/v1/stats", "application/json")]
    public async Task Answer_OfEachPath_ForbidsGuessingAndKeeping(string path, string type)
    {
        await using StatusServer server = await StatusServer.StartAsync();

        using HttpResponseMessage answer = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    private static Dictionary<string, long[]> HistoryOf(JsonElement stats) => stats.GetProperty("history").EnumerateObject()
        .Where(field => field.Value.ValueKind == JsonValueKind.Array)
        .ToDictionary(field => field.Name, field => field.Value.EnumerateArray().Select(one => one.GetInt64()).ToArray());

    private static IEnumerable<string> Texts(JsonElement list, string field) =>
        list.EnumerateArray().Where(one => one.TryGetProperty(field, out _)).Select(one => one.GetProperty(field).GetString()!);

    /// <summary>Every field with its path, as docs/api.md writes it.</summary>
    private static IEnumerable<string> FieldsOf(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => FieldsOf(field.Value, path + (path.Length == 0 ? "" : ".") + field.Name)),
        JsonValueKind.Array when element.GetArrayLength() > 0 && element[0].ValueKind == JsonValueKind.Object =>
            element.EnumerateArray().SelectMany(one => FieldsOf(one, path + "[]")),
        _ => [path],
    };
}
