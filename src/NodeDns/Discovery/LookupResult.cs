using System.Collections.Immutable;
using System.Net;
using NodeDns.Config;

namespace NodeDns.Discovery;

/// <summary>What a lookup found, and for how long that holds.</summary>
internal readonly record struct LookupResult(HostLookupStatus Status, ImmutableArray<IPAddress> Addresses, uint TtlSeconds);
