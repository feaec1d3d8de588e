using NodeDns.Cache;
using NodeDns.Upstreams;

namespace NodeDns.Hosting;

/// <summary>What an upstream's answer became for an explained query.</summary>
/// <param name="Message">The reply as a client would get it.</param>
/// <param name="Culprit">The upstream that was asked last, if any.</param>
internal sealed record ExplainedReply(byte[] Message, CachedAnswer Answer, UpstreamState? Culprit);
