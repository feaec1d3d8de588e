using System;
using NodeDns.Config;
using NodeDns.Wire;

namespace NodeDns.Cache;

/// <summary>Decides what an answer is kept as, and for how long.</summary>
internal static class ExpiryPolicy
{
    /// <summary>The kind and TTL of an answer; false when it may be relayed but not reused.</summary>
    public static bool TryClassify(
        in ResponseView response, CachePlan plan, out AnswerKind kind, out EntryFlags flags, out uint ttlSeconds)
    {
        CacheConfig config = plan.Config;
        flags = EntryFlags.None;
        switch (response.Shape)
        {
            case AnswerShape.Positive:
                kind = AnswerKind.Success;
                ttlSeconds = Bound(response.MinTtl, config.SuccessMinTtl, config.SuccessMaxTtl);
                return ttlSeconds > 0;

            // RFC 2308 §5: without a SOA there is no word on how long a denial holds (N4).
            case AnswerShape.NoData or AnswerShape.CnameOnly or AnswerShape.NxDomainAfterCname when response.HasSoa:
                kind = AnswerKind.Denial;
                break;

            // RFC 2308 §5: NXDOMAIN is of the name, not of the type asked (N1). Behind a CNAME it is the target that
            // does not exist, so there it stays with the type (RFC 6604, M11).
            case AnswerShape.NxDomain when response.HasSoa:
                kind = AnswerKind.Denial;
                flags = EntryFlags.AllTypes;
                break;

            // RFC 9520 §2: SERVFAIL, REFUSED, FORMERR and their like are failures all. How long they are kept depends on
            // how often the question failed before: FailureBackoff says.
            case AnswerShape.OtherError:
                kind = AnswerKind.Failure;
                ttlSeconds = CacheLimits.FirstFailureSeconds;
                return plan.LongestFailureMilliseconds > 0;

            default:
                kind = AnswerKind.Failure;
                ttlSeconds = 0;
                return false;
        }

        ttlSeconds = Bound(Math.Min(response.MinTtl, response.NegativeTtl), config.DenialMinTtl, config.DenialMaxTtl);
        return ttlSeconds > 0;
    }

    /// <summary>CoreDNS's order: raised to the floor, then lowered to the cap. A TTL of 0 stays 0 (N9).</summary>
    private static uint Bound(uint ttlSeconds, int floor, int cap) =>
        ttlSeconds == 0 ? 0 : Math.Min(Math.Min(Math.Max(ttlSeconds, (uint)floor), (uint)cap), CacheLimits.MaxTtlSeconds);
}
