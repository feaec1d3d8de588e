using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace NodeDns.TestKit;

/// <summary>What a fake upstream does with one query: packets in order, each after a pause, or nothing.</summary>
public sealed class UpstreamReply
{
    internal List<(TimeSpan Pause, byte[] Bytes)> Packets { get; } = [];

    internal Task Gate { get; private set; } = Task.CompletedTask;

    internal bool ClosesConnection { get; private set; }

    internal int CutAt { get; private set; } = int.MaxValue;

    /// <summary>Send as it is, even when longer than the asker's UDP size.</summary>
    internal bool IsVerbatim { get; private set; }

    /// <summary>Never answer.</summary>
    public static UpstreamReply Silence => new();

    public static implicit operator UpstreamReply(DnsMessage message) => FromDnsMessage(message);

    public static UpstreamReply FromDnsMessage(DnsMessage message)
    {
        var reply = new UpstreamReply();
        reply.Packets.Add((TimeSpan.Zero, message.Encode(compress: true)));
        return reply;
    }

    /// <summary>The given bytes, one packet each.</summary>
    public static UpstreamReply Raw(params byte[][] packets)
    {
        var reply = new UpstreamReply { IsVerbatim = true };
        reply.Packets.AddRange(packets.Select(p => (TimeSpan.Zero, p)));
        return reply;
    }

    /// <summary>Close the TCP connection without an answer.</summary>
    public static UpstreamReply Close() => new() { ClosesConnection = true };

    public UpstreamReply After(TimeSpan pause)
    {
        Packets[0] = (pause, Packets[0].Bytes);
        return this;
    }

    public UpstreamReply When(Task gate)
    {
        Gate = gate;
        return this;
    }

    /// <summary>Sends other packets first and what was there 50 ms later.</summary>
    public UpstreamReply Following(params byte[][] garbage)
    {
        Packets[0] = (TimeSpan.FromMilliseconds(50), Packets[0].Bytes);
        Packets.InsertRange(0, garbage.Select(p => (TimeSpan.Zero, p)));
        IsVerbatim = true;
        return this;
    }

    /// <summary>Over TCP: sends this many bytes of the framed answer, then closes.</summary>
    public UpstreamReply CloseAfter(int bytes)
    {
        CutAt = bytes;
        ClosesConnection = true;
        return this;
    }

    public UpstreamReply ThenClose()
    {
        ClosesConnection = true;
        return this;
    }

    public UpstreamReply Verbatim()
    {
        IsVerbatim = true;
        return this;
    }
}
