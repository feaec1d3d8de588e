using System.Collections.Immutable;
using System.Net;

namespace NodeDns.Discovery;

/// <summary>A host name of the configuration: what is known of it, and when it is looked up again.</summary>
internal sealed class FollowedName(string name, ImmutableArray<IPEndPoint> resolvers)
{
    public string Name { get; } = name;

    /// <summary>Who is asked; none: the servers of /etc/resolv.conf.</summary>
    public ImmutableArray<IPEndPoint> Resolvers { get; } = resolvers;

    /// <summary>The addresses known last; they go on being used when a later lookup fails.</summary>
    public ImmutableArray<IPAddress> Addresses { get; set; } = [];

    public long DueAt { get; set; }

    /// <summary>Its last lookup failed, which was said.</summary>
    public bool IsFailing { get; set; }

    public static string KeyOf(string name, ImmutableArray<IPEndPoint> resolvers) =>
        $"{name.ToLowerInvariant()} {string.Join(' ', resolvers)}";
}
