using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config;

/// <summary>One line of a hosts table: an address and its names (lower-case FQDNs).</summary>
internal sealed record HostsEntryConfig(IPAddress Address, ImmutableArray<string> Names);
