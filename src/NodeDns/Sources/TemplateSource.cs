using System;
using System.Collections.Generic;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Sources;

/// <summary>The template directives of a server block, in file order.</summary>
/// <remarks>
/// Below the cache, so what is made here is made once per TTL; it allocates. A template whose class, type and zone
/// fit but none of whose patterns does ends the search with SERVFAIL unless it falls through, as in CoreDNS.
/// </remarks>
internal sealed class TemplateSource
{
    private readonly TemplateRule[] _rules;

    private TemplateSource(TemplateRule[] rules) => _rules = rules;

    /// <summary>Compiles what it can and adds an error for everything else.</summary>
    public static TemplateSource Compile(IEnumerable<TemplateConfig> configs, ICollection<ConfigError> errors)
    {
        List<TemplateRule> rules = [];
        foreach (TemplateConfig config in configs)
        {
            if (TemplateRule.Compile(config, errors) is TemplateRule rule)
            {
                rules.Add(rule);
            }
        }

        return new TemplateSource([.. rules]);
    }

    public SourceVerdict TryAnswer(in QueryContext query, ref ResponseWriter writer, ref SourceResult detail)
    {
        detail = new SourceResult();
        Span<char> text = stackalloc char[NameText.MaxLength];
        scoped ReadOnlySpan<char> name = [];
        foreach (TemplateRule rule in _rules)
        {
            if (!rule.IsFor(query, out string zone))
            {
                continue;
            }

            name = name.IsEmpty ? text[..NameText.Format(query.Name, text)] : name;
            if (rule.Match(query, name, zone, ref detail) is TemplateData data)
            {
                return rule.Answer(query, data, ref writer, ref detail);
            }

            if (detail.Failure is not null)
            {
                return SourceVerdict.ServFail;
            }

            if (!rule.MayFallThrough(query))
            {
                detail.Failure = "template: no pattern matches and there is no fallthrough";
                return SourceVerdict.ServFail;
            }
        }

        return SourceVerdict.Pass;
    }
}
