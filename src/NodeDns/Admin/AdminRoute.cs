using System;
using System.Buffers;

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

    /// <summary>Answers 200 "OK" as long as the process runs, as CoreDNS's health does.</summary>
    public static AdminRoute Health(string path = "/health") => new(path, PlainText, body =>
    {
        body.Write("OK"u8);
        return 200;
    });

    /// <summary>Answers 200 "OK", or 503 with the names of the parts that are not ready.</summary>
    public static AdminRoute Ready(Readiness readiness, bool continuously) => new("/ready", PlainText, body =>
    {
        string missing = string.Join(',', readiness.Missing(continuously));
        body.Write(missing.Length == 0 ? "OK"u8 : System.Text.Encoding.ASCII.GetBytes(missing));
        return missing.Length == 0 ? 200 : 503;
    });

    /// <summary>Answers 200 with whatever the delegate writes.</summary>
    public static AdminRoute Metrics(Action<IBufferWriter<byte>> write) => new("/metrics", MetricsText, body =>
    {
        write(body);
        return 200;
    });
}
