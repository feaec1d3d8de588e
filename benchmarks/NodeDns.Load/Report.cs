using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;

namespace NodeDns.Load;

/// <summary>A result as text for people and as one JSON line for programs.</summary>
internal static class Report
{
    public static string Text(LoadOptions options, LoadResult result)
    {
        LatencyHistogram latency = result.Tally.Latency;
        StringBuilder text = new();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        string pace = options.Rate > 0
            ? string.Create(CultureInfo.InvariantCulture, $"open loop at {options.Rate}/s over {options.Sockets}")
            : $"closed loop {options.Sockets} x {options.Outstanding}";
        Line($"{(options.IsTcp ? "tcp" : "udp")} {options.Server}, {pace}, {options.Names} names, {options.MissPercent} % misses");
        Line($"queries/s    {result.QueriesPerSecond:F0} over {result.Seconds:F2} s");
        Line($"lost         {result.Tally.Lost} ({result.LostShare:P3})");
        Line($"wrong        {result.Tally.Wrong}, unmatched {result.Tally.Unmatched}, reconnects {result.Tally.Reconnects}");
        Line($"latency us   p50 {Micros(latency.Quantile(0.5))}  p90 {Micros(latency.Quantile(0.9))}  p99 {Micros(latency.Quantile(0.99))}  p99.9 {Micros(latency.Quantile(0.999))}  max {Micros(latency.MaxNanoseconds)}");
        if (options.ServerPids.Count > 0)
        {
            Line($"server       {result.ServerCpuMicrosecondsPerQuery:F2} us CPU per query, {result.ServerCpuShare:P0} of a CPU, {result.ServerResidentBytes / 1048576.0:F1} MiB resident");
        }

        Line($"load         {result.LoadCpuShare:P0} of a CPU");
        return text.ToString().TrimEnd();
    }

    public static string Json(LoadOptions options, LoadResult result)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("transport", options.IsTcp ? "tcp" : "udp");
            json.WriteString("server", options.Server.ToString());
            json.WriteNumber("queries_per_second", Math.Round(result.QueriesPerSecond, 1));
            json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
            json.WriteNumber("sent", result.Tally.Sent);
            json.WriteNumber("answered", result.Tally.Answered);
            json.WriteNumber("lost", result.Tally.Lost);
            json.WriteNumber("wrong", result.Tally.Wrong);
            json.WriteNumber("unmatched", result.Tally.Unmatched);
            json.WriteNumber("reconnects", result.Tally.Reconnects);
            json.WriteNumber("sent_unique", result.Tally.SentUnique);
            json.WriteNumber("answered_unique", result.Tally.AnsweredUnique);
            WriteLatency(json, "latency_us", result.Tally.Latency);
            WriteLatency(json, "unique_latency_us", result.Tally.UniqueLatency);
            if (options.ServerPids.Count > 0)
            {
                json.WriteNumber("server_cpu_us_per_query", Math.Round(result.ServerCpuMicrosecondsPerQuery, 4));
                json.WriteNumber("server_cpu_share", Math.Round(result.ServerCpuShare, 4));
                json.WriteNumber("server_resident_bytes", result.ServerResidentBytes);
            }

            json.WriteNumber("load_cpu_share", Math.Round(result.LoadCpuShare, 4));
            json.WriteString("problem", result.Problem(options));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteLatency(Utf8JsonWriter json, string name, LatencyHistogram latency)
    {
        json.WriteStartObject(name);
        json.WriteNumber("p50", latency.Quantile(0.5) / 1000.0);
        json.WriteNumber("p90", latency.Quantile(0.9) / 1000.0);
        json.WriteNumber("p99", latency.Quantile(0.99) / 1000.0);
        json.WriteNumber("p999", latency.Quantile(0.999) / 1000.0);
        json.WriteNumber("max", latency.MaxNanoseconds / 1000.0);
        json.WriteEndObject();
    }

    private static string Micros(long nanoseconds) => (nanoseconds / 1000.0).ToString("F0", CultureInfo.InvariantCulture);
}
