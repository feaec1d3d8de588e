using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Config;

/// <summary>What came of looking a host name up.</summary>
internal sealed record HostLookup(HostLookupStatus Status, ImmutableArray<IPAddress> Addresses)
{
    public static HostLookup NoAnswer { get; } = new(HostLookupStatus.NoAnswer, []);

    public static HostLookup DoesNotExist { get; } = new(HostLookupStatus.DoesNotExist, []);

    public static HostLookup Of(ImmutableArray<IPAddress> addresses) =>
        addresses.IsEmpty ? DoesNotExist : new HostLookup(HostLookupStatus.Found, addresses);
}
