using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using NodeDns.Logging;

namespace NodeDns.Status;

/// <summary>The answer of /api/v1/stats, see docs/api.md.</summary>
internal static class StatusJson
{
    private static readonly string[] s_series = ["cached", "stale", "local", "forwarded", "failed"];

    /// <param name="history">As <see cref="TrafficHistory.Read"/> gives it.</param>
    /// <param name="secondsInLast">How much of the last slot has passed.</param>
    public static void Write(IBufferWriter<byte> body, StatusSnapshot snapshot, long[][] history, double secondsInLast)
    {
        using Utf8JsonWriter json = new(body);
        json.WriteStartObject();
        json.WriteString("version", snapshot.Version);
        json.WriteString("node", snapshot.Node);
        json.WriteNumber("uptimeSeconds", Math.Round(snapshot.UptimeSeconds, 1));
        WriteTotals(json, snapshot.Totals);
        json.WriteBoolean("ready", snapshot.Missing.Count == 0);
        WriteStrings(json, "missing", snapshot.Missing);
        WriteConfig(json, snapshot);
        json.WriteStartObject("cache");
        json.WriteNumber("entries", snapshot.CacheEntries);
        json.WriteNumber("budgetBytes", snapshot.CacheBudgetBytes);
        json.WriteEndObject();
        json.WriteNumber("inFlight", snapshot.InFlight);
        json.WriteNumber("tcpConnections", snapshot.TcpConnections);
        json.WriteStartObject("interception");
        json.WriteBoolean("wanted", snapshot.InterceptionIsWanted);
        json.WriteBoolean("inPlace", snapshot.InterceptionIsInPlace);
        json.WriteString("text", snapshot.InterceptionText);
        json.WriteEndObject();
        WriteLatency(json, snapshot.Totals.LatencyBounds, history);
        WriteUpstreams(json, snapshot.Upstreams);
        WriteZones(json, snapshot.Zones);
        WriteErrors(json, snapshot.RecentErrors);
        WriteHistory(json, history, secondsInLast);
        json.WriteEndObject();
        json.Flush();
        body.Write("\n"u8);
    }

    /// <summary>Names of dashboards that people have already: a widget reads them without a path.</summary>
    private static void WriteTotals(Utf8JsonWriter json, StatusTotals totals)
    {
        json.WriteNumber("totalQueries", totals.Queries);
        json.WriteNumber("totalCached", totals.Cached + totals.Stale);
        json.WriteNumber("totalStale", totals.Stale);
        json.WriteNumber("totalRecursive", totals.Forwarded);
        json.WriteNumber("totalLocal", totals.Local);
        json.WriteNumber("totalBlocked", totals.Blocked);
        json.WriteNumber("totalDropped", totals.Dropped);
        json.WriteNumber("totalNoError", totals.NoError);
        json.WriteNumber("totalNxDomain", totals.NxDomain);
        json.WriteNumber("totalServerFailure", totals.Failed);
        json.WriteNumber("totalRefused", totals.Refused);
        json.WriteNumber("totalOtherAnswers", totals.OtherAnswers);
    }

    private static void WriteConfig(Utf8JsonWriter json, StatusSnapshot snapshot)
    {
        json.WriteStartObject("config");
        json.WriteString("source", snapshot.ConfigSource);
        json.WriteString("hash", snapshot.ConfigHash);
        json.WriteNumber("ageSeconds", Math.Round(snapshot.ConfigAgeSeconds, 1));
        json.WriteNumber("reloads", snapshot.Reloads);
        json.WriteNumber("reloadsFailed", snapshot.ReloadsFailed);
        json.WriteBoolean("lastReloadFailed", snapshot.LastReloadFailed);
        json.WriteEndObject();
    }

    private static void WriteLatency(Utf8JsonWriter json, double[] bounds, long[][] history)
    {
        long[] counts = new long[history[0].Length - StatusTotals.Series];
        foreach (long[] slot in history)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] += slot[StatusTotals.Series + i];
            }
        }

        json.WriteStartObject("latency");
        WriteNumberOrNull(json, "p50", LatencyQuantile.Of(0.5, bounds, counts));
        WriteNumberOrNull(json, "p90", LatencyQuantile.Of(0.9, bounds, counts));
        WriteNumberOrNull(json, "p99", LatencyQuantile.Of(0.99, bounds, counts));
        json.WriteStartArray("bounds");
        Array.ForEach(bounds, json.WriteNumberValue);
        json.WriteEndArray();
        WriteNumbers(json, "counts", counts);
        json.WriteEndObject();
    }

    private static void WriteUpstreams(Utf8JsonWriter json, IEnumerable<StatusUpstream> upstreams)
    {
        json.WriteStartArray("upstreams");
        foreach (StatusUpstream upstream in upstreams.Take(StatusLimits.Rows))
        {
            json.WriteStartObject();
            json.WriteString("address", upstream.Address);
            json.WriteString("transport", upstream.Transport);
            WriteStrings(json, "zones", upstream.Zones);
            json.WriteString("state", upstream.State);
            WriteNumberOrNull(json, "stateSeconds", upstream.StateSeconds);
            WriteNumberOrNull(json, "rttSeconds", upstream.RttSeconds);
            json.WriteNumber("queries", upstream.Queries);
            json.WriteNumber("answers", upstream.Answers);
            json.WriteNumber("timeouts", upstream.Timeouts);
            json.WriteNumber("networkErrors", upstream.NetworkErrors);
            json.WriteNumber("malformed", upstream.Malformed);
            json.WriteNumber("connectionsLost", upstream.ConnectionsLost);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteZones(Utf8JsonWriter json, IEnumerable<StatusZone> zones)
    {
        json.WriteStartArray("zones");
        foreach (StatusZone zone in zones.Take(StatusLimits.Rows))
        {
            json.WriteStartObject();
            json.WriteString("zone", zone.Zone);
            WriteStrings(json, "forwards", zone.Forwards);
            json.WriteNumber("queries", zone.Queries);
            json.WriteNumber("cached", zone.Cached);
            json.WriteNumber("failed", zone.Failed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, IEnumerable<RecentError> errors)
    {
        json.WriteStartArray("recentErrors");
        foreach (RecentError error in errors)
        {
            json.WriteStartObject();
            json.WriteString("level", error.Level == LogLevel.Warning ? "warning" : "error");
            json.WriteString("text", error.Text);
            json.WriteNumber("count", error.Count);
            json.WriteNumber("secondsAgo", Math.Round(error.SecondsAgo, 1));
            if (error.Name is not null)
            {
                json.WriteString("name", error.Name);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHistory(Utf8JsonWriter json, long[][] history, double secondsInLast)
    {
        json.WriteStartObject("history");
        json.WriteNumber("stepSeconds", StatusLimits.StepMilliseconds / 1000);
        json.WriteNumber("secondsInLast", Math.Round(secondsInLast, 1));
        for (int i = 0; i < s_series.Length; i++)
        {
            int column = i;
            WriteNumbers(json, s_series[i], history.Select(slot => slot[column]));
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> values)
    {
        json.WriteStartArray(name);
        foreach (long value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 9));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
