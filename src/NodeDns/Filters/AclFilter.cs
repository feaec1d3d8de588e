using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;
using NodeDns.Wire;

namespace NodeDns.Filters;

/// <summary>The acl directives of a server block: who may ask what.</summary>
/// <remarks>
/// Asked before the cache and with the final name, so that neither a cached answer nor a rewrite goes round it
/// (CVE-2026-26017). In each directive whose zones hold the name the first rule that fits decides; a directive
/// without a fitting rule leaves it to the next one, and allow ends the search.
/// </remarks>
internal sealed class AclFilter
{
    private readonly Directive[] _directives;

    private AclFilter(Directive[] directives) => _directives = directives;

    private sealed record Directive(byte[][] Zones, Rule[] Rules);

    /// <summary>Null types or networks fit all.</summary>
    private sealed record Rule(AclAction Action, ushort[]? Types, AddressRanges? Networks);

    public static AclFilter Compile(IEnumerable<AclConfig> configs) => new(
        [.. configs.Select(config => new Directive(
            WireName.Of(config.Zones),
            [.. config.Rules.Select(rule => new Rule(
                rule.Action,
                rule.Types.IsEmpty ? null : [.. rule.Types.Order()],
                rule.Networks.IsEmpty ? null : AddressRanges.Compile(rule.Networks)))]))]);

    public FilterVerdict Check(in QueryContext query, out ExtendedError error)
    {
        error = ExtendedError.None;
        foreach (Directive directive in _directives)
        {
            if (!WireName.IsInAny(query.Name, directive.Zones))
            {
                continue;
            }

            foreach (Rule rule in directive.Rules)
            {
                if (Fits(rule, query))
                {
                    return Decide(rule.Action, out error);
                }
            }
        }

        return FilterVerdict.Pass;
    }

    /// <summary>The answer that belongs to the verdict: REFUSED, or NOERROR without records.</summary>
    public static bool TryWrite(in QueryContext query, FilterVerdict verdict, ref ResponseWriter writer) =>
        LocalAnswer.TryBegin(
            query,
            ref writer,
            verdict == FilterVerdict.Refuse ? ResponseCode.Refused : ResponseCode.NoError,
            authoritative: false);

    private static FilterVerdict Decide(AclAction action, out ExtendedError error)
    {
        switch (action)
        {
            case AclAction.Block:
                error = ExtendedError.Blocked;
                return FilterVerdict.Refuse;
            case AclAction.Filter:
                error = ExtendedError.Filtered;
                return FilterVerdict.Answer;
            case AclAction.Drop:
                error = ExtendedError.None;
                return FilterVerdict.Drop;
            default:
                error = ExtendedError.None;
                return FilterVerdict.Pass;
        }
    }

    private static bool Fits(Rule rule, in QueryContext query) =>
        (rule.Types is null || rule.Types.AsSpan().BinarySearch((ushort)query.Type) >= 0)
        && (rule.Networks is null || rule.Networks.Contains(query.Client));
}
