using System.Collections.Generic;
using NodeDns.Linux.Netfilter;

namespace NodeDns.Node;

/// <summary>One way of keeping DNS to our addresses away from kube-proxy's rules.</summary>
/// <remarks>Used by one thread at a time: <see cref="NodeNetworking"/> sees to it.</remarks>
internal interface IInterception
{
    /// <summary>What is intercepted now.</summary>
    public NotrackScope Scope { get; }

    /// <summary>What stands, for the log.</summary>
    public string Description { get; }

    /// <summary>Installs everything, or nothing and one line that says why not.</summary>
    public bool TryInstall(out string error);

    /// <summary>Intercepts something else from here on, without a moment in which what stays is not intercepted.</summary>
    public bool TryChange(NotrackScope scope, out string error);

    /// <summary>What should stand and does not, for the operator.</summary>
    public IEnumerable<string> Missing();

    /// <summary>Looks whether all of it stands and puts it right; returns how much had to be.</summary>
    public int Repair();

    /// <summary>New queries go to kube-dns from here on; what was begun here ends here.</summary>
    public void StopRequests();

    /// <summary>Takes the rest away. Bounded in time.</summary>
    public void Remove();
}
