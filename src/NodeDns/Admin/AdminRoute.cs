using System;
using System.Buffers;
using System.Collections.Generic;
using NodeDns.Metrics;

namespace NodeDns.Admin;

/// <summary>One path and what it answers.</summary>
/// <param name="Write">Writes the body and returns the HTTP status; called on a pool thread for every request.</param>
internal sealed record AdminRoute(string Path, string ContentType, Func<IBufferWriter<byte>, int> Write)
{
    /// <summary>Header lines for answers that are of the moment and are what they say they are.</summary>
    public const string OfTheMoment = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";

    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The content type of the Prometheus text format.</summary>
    public const string MetricsText = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Header lines beyond the usual ones, each with its line end.</summary>
    public string Fields { get; init; } = "";

    public const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>The same path in another form, for those who ask for that; null for what has one form.</summary>
    public Func<string, AdminRoute>? Negotiate { get; init; }

    public bool Varies => Negotiate is not null;

    public AdminRoute For(in HttpRequestHead request) =>
        Negotiate?.Invoke(request.Accept) is { } other ? other with { Negotiate = Negotiate } : this;

    /// <summary>Answers 200 "OK", or 503 and what of the data plane does not answer, by line.</summary>
    public static AdminRoute Health(Func<IReadOnlyList<string>> missing, string path = "/health") => new(path, PlainText, body =>
    {
        IReadOnlyList<string> silent = missing();
        body.Write(silent.Count == 0 ? "OK"u8 : System.Text.Encoding.ASCII.GetBytes(string.Join('\n', silent) + "\n"));
        return silent.Count == 0 ? 200 : 503;
    });

    /// <summary>Answers 200 "OK", or 503 with the names of the parts that are not ready.</summary>
    public static AdminRoute Ready(Readiness readiness, bool continuously) => new("/ready", PlainText, body =>
    {
        string missing = string.Join(',', readiness.Missing(continuously));
        body.Write(missing.Length == 0 ? "OK"u8 : System.Text.Encoding.ASCII.GetBytes(missing));
        return missing.Length == 0 ? 200 : 503;
    });

    /// <summary>Answers 200 and all metrics, in the text format the client prefers.</summary>
    public static AdminRoute Metrics(MetricSet metrics)
    {
        AdminRoute plain = new("/metrics", MetricsText, body => WriteText(metrics, body, openMetrics: false));
        AdminRoute open = new("/metrics", OpenMetrics, body => WriteText(metrics, body, openMetrics: true));
        return plain with
        {
            Negotiate = accept =>
            {
                double wish = Preference.Of(accept, "application/openmetrics-text");
                return wish > 0 && wish >= Preference.Of(accept, "text/plain") ? open : plain;
            },
        };
    }

    private static int WriteText(MetricSet metrics, IBufferWriter<byte> body, bool openMetrics)
    {
        MetricTextWriter writer = new(body, openMetrics);
        metrics.Collect(writer);
        writer.End();
        return 200;
    }
}
