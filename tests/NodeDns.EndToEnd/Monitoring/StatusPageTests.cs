using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using NodeDns.EndToEnd.Fixtures;
using Xunit;

namespace NodeDns.EndToEnd.Monitoring;

/// <summary>The status page in a real browser, on the built program.</summary>
public sealed class StatusPageTests
{
    private const int Phone = 390;

    [NeedsFact(Need.Browser)]
    public async Task Page_UnderLoadAndWithoutAnUpstream_ShowsItAtOnce()
    {
        await using StatusServer server = await StatusServer.StartAsync();
        await using PageDriver page = PageDriver.Start();
        await server.AskAsync(20);
        await page.OpenAsync(server.Url);

        JsonElement quiet = await page.ReadAsync();
        Assert.Equal(("All is well", "good"), (Text(quiet, "verdict"), Text(quiet, "verdictClass")));
        Assert.Equal(["up", "up"], Upstreams(quiet).Select(one => one.State));
        // Two of three questions, less those that asked whether the server is there.
        Assert.Matches("^(5[0-9]|6[0-7]) %$", quiet.GetProperty("tiles")[1].GetString());
        Assert.True(quiet.GetProperty("areas").GetInt32() >= 2, "no areas in the chart of the hour");

        await server.AskAsync(20, "cluster.local.");
        await page.WaitAsync("document.querySelector('#zones').textContent.includes('cluster.local')");
        string before = quiet.GetProperty("tiles")[0].GetString()!;
        await page.WaitAsync($"document.querySelector('.tile strong').textContent !== '{before}'");

        await server.LoseFirstAsync();
        await page.WaitAsync("document.querySelector('#verdict').className === 'bad'");
        JsonElement down = await page.ReadAsync();
        Assert.StartsWith($"Upstream {server.FirstAddress} is down", Text(down, "verdict"), System.StringComparison.Ordinal);
        Assert.Equal(("DOWN", server.FirstAddress), (Upstreams(down)[0].State, Upstreams(down)[0].Name));
        Assert.Equal("rgb(198, 45, 36)", Upstreams(down)[0].Color);
        Assert.Equal("rgb(198, 45, 36)", Text(down, "verdictColor"));
        Assert.Contains($"upstream {server.FirstAddress} is down", Text(down, "errors"), System.StringComparison.Ordinal);
        await page.HoverAsync(0.5);
        Assert.Contains("min ago", Text(await page.ReadAsync(), "legend"), System.StringComparison.Ordinal);
        await AssertCleanAsync(page);
        await page.ScreenshotAsync("down-light");

        await page.OpenAsync(server.Url, "dark", Phone, 844);
        JsonElement phone = await page.ReadAsync();
        Assert.Equal("rgb(13, 17, 21)", Text(phone, "pageColor"));
        Assert.Equal(0, phone.GetProperty("overflow").GetInt32());
        await AssertCleanAsync(page);
        await page.ScreenshotAsync("down-dark-phone");

        await server.Server.SignalAsync("KILL");
        await page.WaitAsync("document.querySelector('#verdict').textContent.includes('does not answer')");
        Assert.Equal("bad", Text(await page.ReadAsync(), "verdictClass"));
    }

    [NeedsFact(Need.Browser)]
    public async Task Page_NamesMadeToBreakIt_AreTextOnIt()
    {
        await using StatusServer server = await StatusServer.StartAsync("-status-names");
        await using PageDriver page = PageDriver.Start();
        await StatusApiTests.FailAsync(server, StatusApiTests.HostileName);

        await page.OpenAsync(server.Url);
        await page.WaitAsync("document.querySelector('#errors .note').textContent.includes('alert')");

        JsonElement seen = await page.ReadAsync();
        Assert.Contains(StatusApiTests.HostileText, Text(seen, "errors"), System.StringComparison.Ordinal);
        Assert.Equal(1, seen.GetProperty("scripts").GetInt32());
        await AssertCleanAsync(page);
    }

    /// <summary>No error in the console (a refused script or style is one), no request to anywhere else.</summary>
    private static async Task AssertCleanAsync(PageDriver page)
    {
        JsonElement seen = await page.ReadAsync();
        Assert.Empty(seen.GetProperty("complaints").EnumerateArray().Select(one => one.GetString()));
        Assert.Empty(seen.GetProperty("elsewhere").EnumerateArray().Select(one => one.GetString()));
    }

    private static string Text(JsonElement seen, string name) => seen.GetProperty(name).GetString()!;

    private static (string State, string Name, string Color)[] Upstreams(JsonElement seen) =>
    [
        .. seen.GetProperty("upstreams").EnumerateArray().Select(one => (Text(one, "state"), Text(one, "name"), Text(one, "color"))),
    ];
}
