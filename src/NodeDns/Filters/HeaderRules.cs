using System;
using System.Collections.Generic;
using NodeDns.Config;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>The header directive: bits of the query or of the response set or cleared.</summary>
/// <remarks>All rules of one side come down to two masks, the later rule for a bit being the one that counts.</remarks>
internal sealed class HeaderRules
{
    private readonly Masks _query;
    private readonly Masks _response;

    private HeaderRules(Masks query, Masks response)
    {
        _query = query;
        _response = response;
    }

    private readonly record struct Masks(HeaderFlags Keep, HeaderFlags Set)
    {
        public static readonly Masks None = new((HeaderFlags)ushort.MaxValue, 0);

        public Masks With(HeaderFlags flag, bool set) => new(Keep & ~flag, set ? Set | flag : Set & ~flag);

        public HeaderFlags Apply(HeaderFlags flags) => (flags & Keep) | Set;
    }

    public static HeaderRules Compile(IEnumerable<HeaderRuleConfig> configs)
    {
        Masks query = Masks.None;
        Masks response = Masks.None;
        foreach (HeaderRuleConfig rule in configs)
        {
            HeaderFlags flag = rule.Flag switch
            {
                HeaderFlag.AuthoritativeAnswer => HeaderFlags.Authoritative,
                HeaderFlag.RecursionAvailable => HeaderFlags.RecursionAvailable,
                _ => HeaderFlags.RecursionDesired,
            };
            query = rule.OnQuery ? query.With(flag, rule.Set) : query;
            response = rule.OnQuery ? response : response.With(flag, rule.Set);
        }

        return new HeaderRules(query, response);
    }

    public HeaderFlags ApplyToQuery(HeaderFlags flags) => _query.Apply(flags);

    /// <summary>Changes the header of a finished message in place.</summary>
    public void ApplyToResponse(Span<byte> message) =>
        MessageHeader.SetFlags(message, (ushort)_response.Apply((HeaderFlags)MessageHeader.GetFlags(message)));
}
