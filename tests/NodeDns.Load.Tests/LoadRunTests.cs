using System.Globalization;
using System.Text.Json;
using Xunit;

namespace NodeDns.Load.Tests;

/// <summary>Whole runs against a server that behaves, and against servers that do not.</summary>
public sealed class LoadRunTests
{
    [Theory]
    [InlineData("--sockets 2 --outstanding 4")]
    [InlineData("--sockets 2 --rate 500")]
    [InlineData("--sockets 2 --outstanding 2 --misses 50 --sources 127.0.0.1,127.0.0.2")]
    public void Execute_RightAnswers_AreCountedWithoutAProblem(string more)
    {
        using ScriptedServer server = new(Echo);
        (LoadOptions options, LoadResult result) = Run(server, more);
        Assert.Null(result.Problem(options));
        Assert.True(result.AnsweredInTime > 0);
        Assert.Equal(result.Tally.Sent, result.Tally.Answered);
        Assert.True(result.Tally.Latency.Quantile(0.5) > 0);
    }

    [Fact]
    public void Execute_Tcp_PipelinesAndCountsRightAnswers()
    {
        using ScriptedTcpServer server = new(int.MaxValue);
        (LoadOptions options, LoadResult result) = Run("tcp", server.EndPoint, "--sockets 2 --outstanding 8");
        Assert.Null(result.Problem(options));
        Assert.Equal(result.Tally.Sent, result.Tally.Answered);
        Assert.Equal(0, result.Tally.Reconnects);
    }

    [Fact]
    public void Execute_TcpServerHangsUp_DialsAgainAndCountsTheLost()
    {
        using ScriptedTcpServer server = new(50);
        (_, LoadResult result) = Run("tcp", server.EndPoint, "--outstanding 8 --no-prime");
        Assert.True(result.Tally.Reconnects > 0 && result.Tally.Lost > 0);
        Assert.True(result.Tally.Answered > 50);
        Assert.Equal(result.Tally.Sent, result.Tally.Answered + result.Tally.Lost);
    }

    [Fact]
    public void Execute_TcpNobodyListens_IsAFailureThatSaysWhere()
    {
        string gone;
        using (ScriptedTcpServer server = new(1))
        {
            gone = server.EndPoint;
        }

        LoadFailedException failure = Assert.Throws<LoadFailedException>(() => Run("tcp", gone, ""));
        Assert.Contains(gone, failure.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_Silence_IsNothingMeasured()
    {
        using ScriptedServer server = new(_ => null);
        (LoadOptions options, LoadResult result) = Run(server, "--no-prime");
        Assert.Contains("nothing was measured", result.Problem(options)!, System.StringComparison.Ordinal);
        Assert.True(result.Tally.Lost > 0);
    }

    [Fact]
    public void Execute_SomeUnanswered_AreLostAndBeyondTheTolerance()
    {
        int count = 0;
        using ScriptedServer server = new(query => count++ % 10 == 0 ? null : Echo(query));
        (LoadOptions options, LoadResult result) = Run(server, "--no-prime --rate 500");
        Assert.Contains("lost", result.Problem(options)!, System.StringComparison.Ordinal);
        Assert.InRange(result.LostShare, 0.05, 0.15);
        Assert.Equal(result.Tally.Sent, result.Tally.Answered + result.Tally.Lost);
    }

    [Theory]
    [InlineData(3, 0x02)] // SERVFAIL
    [InlineData(2, 0x03)] // QR and TC and RD
    [InlineData(13, 0xFF)] // another question
    [InlineData(5, 0x02)] // two questions
    public void Execute_WrongAnswers_AreAProblem(int offset, byte bits)
    {
        using ScriptedServer server = new(query =>
        {
            byte[] answer = Echo(query);
            answer[offset] ^= bits;
            return answer;
        });
        (LoadOptions options, LoadResult result) = Run(server, "--no-prime");
        Assert.True(result.Tally.Wrong > 0);
        Assert.Equal(0, result.Tally.Answered);
        Assert.NotNull(result.Problem(options));
    }

    [Fact]
    public void Execute_WrongId_IsUnmatchedAndTheQuestionLost()
    {
        using ScriptedServer server = new(query =>
        {
            byte[] answer = Echo(query);
            answer[0] ^= 0x80;
            return answer;
        });
        (_, LoadResult result) = Run(server, "--no-prime");
        Assert.True(result.Tally.Unmatched > 0 && result.Tally.Lost > 0);
        Assert.Equal(0, result.Tally.Answered);
    }

    [Fact]
    public void Json_OfARun_HasTheFiguresOfTheServersProcess()
    {
        using ScriptedServer server = new(Echo);
        string own = System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        (LoadOptions options, LoadResult result) = Run(server, $"--server-pid {own}");
        using JsonDocument json = JsonDocument.Parse(Report.Json(options, result));
        Assert.True(json.RootElement.GetProperty("server_cpu_us_per_query").GetDouble() > 0);
        Assert.True(json.RootElement.GetProperty("server_resident_bytes").GetInt64() > 1 << 20);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("problem").ValueKind);
        Assert.Contains("us CPU per query", Report.Text(options, result), System.StringComparison.Ordinal);
    }

    private static byte[] Echo(byte[] query)
    {
        query[2] |= 0x80;
        return query;
    }

    private static (LoadOptions Options, LoadResult Result) Run(ScriptedServer server, string more) =>
        Run("udp", server.EndPoint, more);

    private static (LoadOptions Options, LoadResult Result) Run(string transport, string endPoint, string more)
    {
        string line = $"{transport} {endPoint} --names 20 --sockets 1 --outstanding 2 --seconds 0.3 --warmup 0 --timeout 0.3 {more}";
        Assert.True(LoadOptions.TryParse(line.TrimEnd().Split(' '), out LoadOptions? options, out string? problem), problem);
        return (options!, LoadRun.Execute(options!));
    }
}
