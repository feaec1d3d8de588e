using System;
using System.Collections.Generic;
using System.Linq;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Rewriting;
using NodeDns.Wire;

namespace NodeDns.Pipeline;

/// <summary>A zone's <c>rewrite</c> rules; they come first, so that access rules see the final name (CVE-2026-26017).</summary>
internal sealed class ZoneRewrites
{
    private readonly RewriteRules _rules;

    private ZoneRewrites(RewriteRules rules, CnameRules? cnames)
    {
        _rules = rules;
        Cnames = cnames;
    }

    /// <summary>Null without <c>rewrite cname</c>.</summary>
    public CnameRules? Cnames { get; }

    /// <summary>Null for a block without rules.</summary>
    public static ZoneRewrites? Compile(ServerBlockConfig block)
    {
        if (block.Rewrites.IsEmpty)
        {
            return null;
        }

        List<ConfigError> errors = [];
        RewriteRules rules = RewriteRules.Compile(block.Rewrites.Where(rule => rule is not CnameRewriteConfig), errors);
        CnameRules? cnames = CnameRules.Compile(block.Rewrites, errors);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join('\n', errors.Select(error => error.ToString())));
        }

        return new ZoneRewrites(rules, cnames);
    }

    /// <summary>Null when no rule touches the question; else the question to go on with.</summary>
    public PendingRewrite? TryRewrite(in QueryContext context, Span<byte> name, out QueryContext rewritten)
    {
        RewriteState? state = _rules.TryRewrite(context, name, out int length, out RecordType type, out RecordClass @class);
        if (state is null)
        {
            rewritten = default;
            return null;
        }

        rewritten = new QueryContext(
            context.Query, name[..length], type, @class, context.Client, context.IsTcp, context.Zone, context.Now);
        return new PendingRewrite(state);
    }
}
