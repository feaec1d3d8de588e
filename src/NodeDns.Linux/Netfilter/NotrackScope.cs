using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace NodeDns.Linux.Netfilter;

/// <summary>What is kept out of conntrack: DNS to and from these addresses, and the health port of this node's own probes.</summary>
public sealed record NotrackScope(ImmutableArray<IPAddress> Addresses, int DnsPort, int HealthPort)
{
    /// <summary>Whether sockets listen on all addresses of the node, not on each of these.</summary>
    public bool HasWildcardListeners { get; init; }

    /// <summary>Whether two scopes are about the same addresses and ports; a record compares arrays by reference.</summary>
    public bool Covers(NotrackScope other) => Addresses.SequenceEqual(other.Addresses)
        && (DnsPort, HealthPort, HasWildcardListeners) == (other.DnsPort, other.HealthPort, other.HasWildcardListeners);

    public ImmutableArray<IPAddress> Of(AddressFamily family) =>
        [.. Addresses.Where(address => address.AddressFamily == family)];
}
