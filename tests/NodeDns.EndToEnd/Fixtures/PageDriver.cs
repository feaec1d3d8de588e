using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Fixtures;

/// <summary>A browser with one page, driven by tests/page/drive.mjs.</summary>
internal sealed class PageDriver : IAsyncDisposable
{
    private readonly Process _process;

    private PageDriver(Process process) => _process = process;

    /// <summary>Where ./check installs what drives the browser.</summary>
    public static string Modules => Path.Combine(RepositoryRoot.Path, "artifacts", "page", "node_modules");

    public static PageDriver Start()
    {
        string script = Path.Combine(RepositoryRoot.Path, "tests", "page", "drive.mjs");
        ProcessStartInfo start = new("node", [script, Modules, "/usr/bin/chromium"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new PageDriver(Process.Start(start)!);
    }

    public Task OpenAsync(string url, string scheme = "light", int width = 1120, int height = 900) =>
        DoAsync(new { @do = "open", url, scheme, width, height });

    /// <summary>Waits until a JavaScript expression holds in the page.</summary>
    public Task WaitAsync(string condition) => DoAsync(new { @do = "wait", @for = condition });

    public Task HoverAsync(double x) => DoAsync(new { @do = "hover", x });

    public Task<JsonElement> ReadAsync() => DoAsync(new { @do = "read" });

    /// <summary>Leaves a picture in artifacts/page, for people to look at.</summary>
    public Task ScreenshotAsync(string name) =>
        DoAsync(new { @do = "screenshot", path = Path.Combine(RepositoryRoot.Path, "artifacts", "page", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using (System.Threading.CancellationTokenSource patience = new(TimeSpan.FromSeconds(10)))
        {
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private async Task<JsonElement> DoAsync(object order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotNull(line);
        JsonElement answer = JsonDocument.Parse(line).RootElement;
        Assert.False(answer.TryGetProperty("failed", out JsonElement failed), failed.ToString());
        return answer;
    }
}
