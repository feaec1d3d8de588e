using System;
using NodeDns.Cache;
using NodeDns.Wire;

namespace NodeDns.Upstreams;

/// <summary>Where answers to waiting clients go; implemented by the listeners' side.</summary>
/// <remarks>The one inverted arrow of the program: forwarding does not know what a listener is.</remarks>
internal interface IReplySink
{
    /// <summary>Writes a waiting client its reply, from a message as the cache holds it with its TTLs set.</summary>
    public void Reply(
        in Waiter waiter, RoutePlan route, ReadOnlySpan<byte> message, in CachedAnswer answer, in ReplyCause cause);
}

/// <summary>Why an answer is what it is, for the extended error and the log.</summary>
/// <param name="Error">EDE code, or None.</param>
/// <param name="Culprit">The upstream it is about, if any.</param>
internal readonly record struct ReplyCause(ExtendedError Error, UpstreamState? Culprit)
{
    public static ReplyCause None => new(ExtendedError.None, null);
}
