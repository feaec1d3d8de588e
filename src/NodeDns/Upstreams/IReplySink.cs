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
/// <param name="IsPassedOn">The error is that upstream's own word, about something behind it.</param>
internal readonly record struct ReplyCause(ExtendedError Error, UpstreamState? Culprit, bool IsPassedOn = false)
{
    public static ReplyCause None => new(ExtendedError.None, null);

    /// <summary>Whether it is a bound of our own that was reached.</summary>
    public bool IsOurBound => Error == ExtendedError.Other && !IsPassedOn;

    /// <summary>Who it was and what happened there, as an extended error says it.</summary>
    public ReadOnlySpan<byte> Detail => IsPassedOn ? Culprit!.TextBytes : Culprit!.DetailOf(Error);
}
