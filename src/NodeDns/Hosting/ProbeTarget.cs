using System;
using System.Net;
using System.Threading;
using NodeDns.Metrics;
using NodeDns.Wire;

namespace NodeDns.Hosting;

/// <summary>One question to one upstream, and how it went; keeps its numbers over a reload that keeps it.</summary>
internal sealed class ProbeTarget(string name, string type, byte[] question, RecordType number, IPEndPoint upstream)
{
    private long _probes;
    private long _failures;
    private Outcome _last = new(false, 0, 0, null);

    public byte[] Question => question;

    public RecordType Type => number;

    public IPEndPoint Upstream => upstream;

    public SampleLabels Labels { get; } = new(["name", "type", "to"], name, type, upstream.ToString());

    public SampleLabels SerialLabels { get; } = new(["name", "to"], name, upstream.ToString());

    public long Probes => Volatile.Read(ref _probes);

    public long Failures => Volatile.Read(ref _failures);

    public Outcome Last => Volatile.Read(ref _last);

    public void Count(bool isSuccess, TimeSpan took, uint? serial)
    {
        double now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

        // A failure says nothing about the serial: the last one known stays.
        Volatile.Write(ref _last, new Outcome(isSuccess, took.TotalSeconds, now, serial ?? Last.Serial));
        Volatile.Write(ref _probes, Probes + 1);
        Volatile.Write(ref _failures, Failures + (isSuccess ? 0 : 1));
    }

    public sealed record Outcome(bool IsSuccess, double Seconds, double At, uint? Serial);
}
