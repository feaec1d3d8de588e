using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace NodeDns.Linux.Netfilter;

/// <summary>What is kept out of conntrack: DNS to and from these addresses, and the health port of this node's own probes.</summary>
public sealed record NotrackScope(ImmutableArray<IPAddress> Addresses, int DnsPort, int HealthPort)
{
    public ImmutableArray<IPAddress> Of(AddressFamily family) =>
        [.. Addresses.Where(address => address.AddressFamily == family)];
}
