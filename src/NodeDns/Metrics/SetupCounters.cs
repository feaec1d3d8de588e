using System.Threading;

namespace NodeDns.Metrics;

/// <summary>What went wrong while this node was set up, and what had to be put right; the errors have node-cache's names.</summary>
/// <remarks>Written by start-up, the node's own thread and the stop; read by whoever asks for metrics.</remarks>
internal sealed class SetupCounters
{
    private readonly long[] _errors = new long[Names.Length];
    private long _repairs;

    /// <summary>The values of <c>errortype</c>, in the order of <see cref="SetupError"/>.</summary>
    public static readonly string[] Names =
        ["iptables", "iptables_lock", "interface_add", "interface_check", "configmap", "nftables"];

    public long Repairs => Interlocked.Read(ref _repairs);

    public long this[SetupError error] => Interlocked.Read(ref _errors[(int)error]);

    public void Count(SetupError error) => Interlocked.Increment(ref _errors[(int)error]);

    /// <summary>Addresses and rules that somebody else had removed and that are back.</summary>
    public void CountRepairs(int repaired) => Interlocked.Add(ref _repairs, repaired);
}
