using System;
using System.Text;
using System.Threading;
using NodeDns.Config;
using NodeDns.Linux.Sockets;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>One upstream server and what is known of it; shared by all zones and workers, survives a reload.</summary>
/// <param name="index">Position in per-worker tables.</param>
/// <param name="text">Its own among all upstreams.</param>
internal sealed class UpstreamState(int index, UpstreamIdentity identity, string text)
{
    private readonly byte[] _textBytes = Encoding.ASCII.GetBytes($"upstream {text}");
    private readonly byte[]?[] _faultBytes = new byte[]?[UpstreamFaultText.All.Length + 1];
    private readonly string?[] _faultTexts = new string?[UpstreamFaultText.All.Length + 1];
    private long _noEdnsUntil;
    private long _smallLettersUntil;
    private int _wrongCases;
    private int _lastFault;

    public int Index { get; } = index;

    public UpstreamIdentity Identity { get; } = identity;

    public PeerAddress Address { get; } = identity.Address;

    public Transport Transport => Identity.Transport;

    /// <summary>As it is written in logs, metrics and extended errors.</summary>
    public string Text { get; } = text;

    // What the error log says of it, made once and not per failed question.
    public string TimeoutText { get; } = $"upstream {text}: no answer in time";

    public string NetworkErrorText => _faultTexts[(int)LastFault] ??= $"upstream {Text}: {UpstreamFaultText.Reason(LastFault)}";

    public string SaysSoText { get; } = $"the upstream says so ({text})";

    public string InvalidText { get; } = $"upstream {text}: its answer cannot be read";

    /// <summary>What went wrong last with a connection to it.</summary>
    public UpstreamFault LastFault => (UpstreamFault)Volatile.Read(ref _lastFault);

    public UpstreamCounters Counters { get; } = new();

    public UpstreamHealth Health { get; } = new();

    public TruncationWatch Truncation { get; } = new();

    /// <summary>Told when a storm of TC begins.</summary>
    public Action<UpstreamState>? StormBegan { get; set; }

    /// <summary>Told when it is asked in small letters for a while, though <c>mix_case</c> is on.</summary>
    public Action<UpstreamState>? SmallLettersBegan { get; set; }

    /// <summary>Connections to it, dialled at the first query that needs one.</summary>
    public IStreamUpstream? Stream { get; set; }

    public HealthProbe? Probe { get; set; }

    /// <summary>Whether the config in force names it; what is said of its health is said only then.</summary>
    public bool IsInUse { get; set; } = true;

    /// <summary>DNS over TLS and over HTTPS know no UDP.</summary>
    public bool IsStreamOnly => Identity.Transport != Transport.Dns;

    public bool IsEncrypted => Identity.Transport != Transport.Dns;

    /// <summary>Who it was, in an extended error.</summary>
    public ReadOnlySpan<byte> TextBytes => _textBytes;

    /// <summary>Who it was and, for failures of the network, what happened: the text of an extended error (RFC 8914 §2).</summary>
    public byte[] DetailOf(ExtendedError error) => error == ExtendedError.NetworkError && LastFault != UpstreamFault.None
        ? _faultBytes[(int)LastFault] ??= Encoding.ASCII.GetBytes(NetworkErrorText)
        : _textBytes;

    /// <summary>Counts a loss and remembers its reason.</summary>
    public void Note(UpstreamFault fault)
    {
        UpstreamCounters.Add(ref Counters.Faults[(int)fault]);
        Volatile.Write(ref _lastFault, (int)fault);
    }

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

    /// <summary>Whether it repeats the letters of a question, as far as is known.</summary>
    public bool RepeatsCase(long now) => Volatile.Read(ref _smallLettersUntil) <= now;

    /// <summary>
    /// An answer over UDP repeated the letters of its question, or did not. After too many that did not it is asked in small
    /// ones for a while: one forged answer is not enough for that, each costs whoever sends it a right id and port.
    /// </summary>
    public void OnCase(long now, bool isRepeated)
    {
        if (isRepeated)
        {
            Volatile.Write(ref _wrongCases, 0);
            return;
        }

        UpstreamCounters.Add(ref Counters.WrongCases);
        if (Interlocked.Increment(ref _wrongCases) == UpstreamLimits.WrongCasesInARow)
        {
            Volatile.Write(ref _wrongCases, 0);
            Volatile.Write(ref _smallLettersUntil, now + UpstreamLimits.SmallLettersMilliseconds);
            SmallLettersBegan?.Invoke(this);
        }
    }

    public void LeaveOutEdns(long now) =>
        Volatile.Write(ref _noEdnsUntil, now + UpstreamLimits.NoEdnsMilliseconds);
}
