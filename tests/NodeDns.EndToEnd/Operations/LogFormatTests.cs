using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using NodeDns.TestKit;
using Xunit;

namespace NodeDns.EndToEnd.Operations;

/// <summary>What a server writes where a program reads: one JSON object for each line.</summary>
public sealed class LogFormatTests
{
    [Fact]
    public async Task Auto_NoTerminal_IsJsonWhateverTheNames()
    {
        await using FakeUpstream upstream = new();
        upstream.Otherwise = query => query.Error(2);
        int port = FreePort.Next();
        await using NodeDnsProcess server = await NodeDnsProcess.StartAsync(new NodeDnsOptions
        {
            Port = port,
            Corefile = $".:{port} {{\n bind 127.0.0.1\n log\n errors\n forward . 127.0.0.1:{upstream.Port}\n}}\n",
            Arguments = ["-log-format", "auto"],
        });

        await server.Client.UdpAsync(@"a\034\010\000\255\092b.example.");
        Assert.True(await server.WaitForOutputAsync("plugin/errors"));
        await server.SignalAsync("TERM");
        await server.WaitForExitAsync();

        JsonElement[] lines = [.. server.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(lines, line => Assert.Equal(["time", "level", "kind", "msg"], line.EnumerateObject().Select(field => field.Name)));
        JsonElement query = Assert.Single(lines, line => line.GetProperty("kind").GetString() == "query" && Message(line).Contains("b.example", StringComparison.Ordinal));
        Assert.Contains(@"""A IN a\""\010\000\255\\b.example. udp", Message(query), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.GetProperty("level").GetString() == "error"
            && Message(line).StartsWith("plugin/errors: 2 a", StringComparison.Ordinal));
        Assert.InRange(lines.Count(line => Message(line) is { } text && (text.StartsWith("config", StringComparison.Ordinal)
            || text.StartsWith("serving", StringComparison.Ordinal) || text.StartsWith("interception", StringComparison.Ordinal))), 3, 10);
    }

    private static string Message(JsonElement line) => line.GetProperty("msg").GetString()!;
}
