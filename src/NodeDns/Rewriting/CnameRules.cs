using System;
using System.Collections.Generic;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>The <c>rewrite cname</c> rules of a block: aliases that are to lead elsewhere.</summary>
/// <remarks>They hold for every question of the zone alike, so what they make of an answer is what is cached.</remarks>
internal sealed class CnameRules
{
    private readonly List<(NamePattern Pattern, string Replacement)> _rules = [];

    /// <summary>Null for a block without such rules.</summary>
    public static CnameRules? Compile(IEnumerable<RewriteRuleConfig> configs, ICollection<ConfigError> errors)
    {
        CnameRules rules = new();
        foreach (RewriteRuleConfig config in configs)
        {
            if (config is CnameRewriteConfig cname
                && NamePattern.Compile(cname.Match, cname.From, cname.Location, errors) is { } pattern)
            {
                rules._rules.Add((pattern, cname.To));
            }
        }

        return rules._rules.Count == 0 ? null : rules;
    }

    /// <summary>Where an alias leads by the first rule that takes it; null when none does.</summary>
    public byte[]? NewTarget(ReadOnlySpan<byte> target)
    {
        Span<byte> folded = stackalloc byte[WireLimits.MaxNameLength];
        folded = folded[..target.Length];
        DomainName.Fold(target, folded);
        string text = DomainName.ToText(folded);
        foreach ((NamePattern pattern, string replacement) in _rules)
        {
            if (pattern.TryReplace(text, replacement, out string? changed)
                && WireName.TryParse(changed, out byte[] wire) && !wire.AsSpan().SequenceEqual(folded))
            {
                return wire;
            }
        }

        return null;
    }
}
