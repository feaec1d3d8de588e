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

    /// <summary>Connections to it, dialled at the first query that needs one.</summary>
    public TcpUpstream? Tcp { get; set; }

    /// <summary>Whether it failed at EDNS a short while ago and is better asked without.</summary>
    public bool IsWithoutEdns(long now) => Volatile.Read(ref _noEdnsUntil) > now;

    public void LeaveOutEdns(long now) =>
        Volatile.Write(ref _noEdnsUntil, now + UpstreamLimits.NoEdnsMilliseconds);
}
