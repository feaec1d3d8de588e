using System;
using System.Threading;
using NodeDns.Config;
using NodeDns.Linux.Sockets;

namespace NodeDns.Upstreams;

/// <summary>One upstream server and what is known of it; shared by all zones and workers, survives a reload.</summary>
internal sealed class UpstreamState(int index, PeerAddress address, Transport transport)
{
    private long _noEdnsUntil;

    /// <summary>Position in per-worker tables.</summary>
    public int Index { get; } = index;

    public PeerAddress Address { get; } = address;

    public Transport Transport { get; } = transport;

    /// <summary>As it is written in logs, metrics and extended errors.</summary>
    public string Text { get; } = address.ToString();

    /// <summary>The same for the text of an extended error (RFC 8914 §2).</summary>
    public byte[] TextBytes { get; } = System.Text.Encoding.ASCII.GetBytes($"upstream {address}");

    // What the error log says of it, made once and not per failed question.
    public string TimeoutText { get; } = $"upstream {address}: no answer in time";

    public string NetworkErrorText { get; } = $"upstream {address}: cannot be reached";

    public string InvalidText { get; } = $"upstream {address}: its answer cannot be read";

    public UpstreamCounters Counters { get; } = new();

    public UpstreamHealth Health { get; } = new();

    public TruncationWatch Truncation { get; } = new();

    /// <summary>Told when a storm of TC begins.</summary>
    public Action<UpstreamState>? StormBegan { get; set; }

    /// <summary>Connections to it, dialled at the first query that needs one.</summary>
    public IStreamUpstream? Stream { get; set; }

    public HealthProbe? Probe { get; set; }

    /// <summary>DNS over TLS and over HTTPS know no UDP.</summary>
    public bool IsStreamOnly => Transport != Transport.Dns;

    /// <summary>Whether it failed at EDNS a short while ago and is better asked without.</summary>
    public bool IsWithoutEdns(long now) => Volatile.Read(ref _noEdnsUntil) > now;

    /// <summary>A query that has no answer yet though one was due, or that was given up.</summary>
    /// <returns>False when it answered others in the meantime: then it is the question's fault.</returns>
    public bool ReportSilence(long now, long sentAt, HealthPlan plan)
    {
        bool counts = Health.OnSilence(now, sentAt, plan);
        if (counts)
        {
            Probe?.Begin(plan);
        }

        return counts;
    }

    /// <summary>The network said that it cannot be reached.</summary>
    public void ReportError(long now, HealthPlan plan)
    {
        if (Health.OnError(now, plan))
        {
            Probe?.Begin(plan);
        }
    }

    /// <summary>Counts an answer over UDP and, when too many are cut, turns to TCP for a while.</summary>
    public void OnUdpAnswer(long now, bool isTruncated)
    {
        if (Truncation.OnAnswer(now, isTruncated))
        {
            UpstreamCounters.Add(ref Counters.Storms);
            StormBegan?.Invoke(this);
        }
    }

    public void LeaveOutEdns(long now) =>
        Volatile.Write(ref _noEdnsUntil, now + UpstreamLimits.NoEdnsMilliseconds);
}
