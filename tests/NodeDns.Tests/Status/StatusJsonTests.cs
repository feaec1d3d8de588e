using System.Buffers;
using System.Linq;
using System.Text.Json;
using NodeDns.Logging;
using NodeDns.Status;
using Xunit;

namespace NodeDns.Tests.Status;

public sealed class StatusJsonTests
{
    private const string Hostile = "\"</script><script>alert(1)</script>\n\r\0\u00ff\u2028'\\";

    [Fact]
    public void Write_TextsFromOutside_AreTheSameWhenRead()
    {
        StatusSnapshot snapshot = Snapshot() with
        {
            Node = Hostile,
            ConfigSource = Hostile,
            InterceptionText = Hostile,
            Missing = [Hostile],
            Upstreams = [Upstream(Hostile) with { Zones = [Hostile] }],
            Zones = [new StatusZone { Zone = Hostile, Forwards = [Hostile] }],
            RecentErrors = [new RecentError(LogLevel.Error, Hostile, 3, 1.5, Hostile)],
        };

        JsonElement read = Read(snapshot);

        Assert.Equal(Hostile, read.GetProperty("node").GetString());
        Assert.Equal(Hostile, read.GetProperty("missing")[0].GetString());
        Assert.Equal(Hostile, read.GetProperty("upstreams")[0].GetProperty("zones")[0].GetString());
        Assert.Equal(Hostile, read.GetProperty("zones")[0].GetProperty("forwards")[0].GetString());
        Assert.Equal(Hostile, read.GetProperty("recentErrors")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void Write_ErrorWithoutName_HasNoNameAtAll()
    {
        JsonElement read = Read(Snapshot() with { RecentErrors = [new RecentError(LogLevel.Warning, "text", 1, 0, null)] });

        JsonElement error = read.GetProperty("recentErrors")[0];
        Assert.Equal("warning", error.GetProperty("level").GetString());
        Assert.False(error.TryGetProperty("name", out _));
    }

    [Fact]
    public void Write_BeforeAnyQuestion_SaysNullForTimesNobodyMeasured()
    {
        JsonElement read = Read(Snapshot() with { Upstreams = [Upstream("192.0.2.1:53")] });

        Assert.Equal(JsonValueKind.Null, read.GetProperty("latency").GetProperty("p50").ValueKind);
        Assert.Equal(JsonValueKind.Null, read.GetProperty("upstreams")[0].GetProperty("rttSeconds").ValueKind);
        Assert.Equal(StatusLimits.Slots, read.GetProperty("history").GetProperty("cached").GetArrayLength());
    }

    [Fact]
    public void Write_Latency_IsOfTheHourAndHasItsQuantiles()
    {
        StatusTotals totals = Totals() with { LatencyCounts = [50, 50, 0] };

        JsonElement latency = Read(Snapshot() with { Totals = totals }).GetProperty("latency");

        Assert.Equal([50, 50, 0], latency.GetProperty("counts").EnumerateArray().Select(one => one.GetInt32()));
        Assert.Equal(0.001, latency.GetProperty("p50").GetDouble(), 6);
        Assert.Equal(0.0099, latency.GetProperty("p99").GetDouble(), 3);
    }

    [Fact]
    public void Write_MoreUpstreamsThanTheBound_ListsThatMany()
    {
        StatusSnapshot snapshot = Snapshot() with { Upstreams = [.. Enumerable.Range(0, 500).Select(i => Upstream($"192.0.2.1:{i}"))] };

        Assert.Equal(StatusLimits.Rows, Read(snapshot).GetProperty("upstreams").GetArrayLength());
    }

    [Theory]
    [InlineData(new long[] { 0, 0, 0 }, 0.5, null)]
    [InlineData(new long[] { 10, 0, 0 }, 0.5, 0.0005)]
    [InlineData(new long[] { 0, 10, 0 }, 0.5, 0.0055)]
    [InlineData(new long[] { 0, 0, 10 }, 0.5, 0.01)]
    [InlineData(new long[] { 9, 0, 1 }, 0.99, 0.01)]
    public void Quantile_OfHistogram_IsPrometheus(long[] counts, double quantile, double? expected) =>
        Assert.Equal(expected ?? -1, LatencyQuantile.Of(quantile, [0.001, 0.01], counts) ?? -1, 9);

    private static StatusTotals Totals() => new() { LatencyBounds = [0.001, 0.01], LatencyCounts = [0, 0, 0] };

    private static StatusSnapshot Snapshot() => new() { Version = "1.2.3", Node = "node", Totals = Totals() };

    private static StatusUpstream Upstream(string address) =>
        new() { Address = address, Transport = "dns", State = "up", Zones = ["."] };

    private static JsonElement Read(StatusSnapshot snapshot)
    {
        ArrayBufferWriter<byte> body = new();
        TrafficHistory history = new(1_000_000, Totals());
        StatusJson.Write(body, snapshot, history.Read(1_000_001, snapshot.Totals), 0);
        return JsonDocument.Parse(body.WrittenMemory).RootElement;
    }
}
