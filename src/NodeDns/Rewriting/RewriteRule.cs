using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Templates;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>One compiled rewrite rule.</summary>
internal abstract class RewriteRule(bool stops)
{
    /// <summary>No further rule is looked at once this one has matched.</summary>
    public bool Stops { get; } = stops;

    /// <summary>Null, and errors added, for a rule with a bad pattern.</summary>
    public static RewriteRule? Compile(RewriteRuleConfig config, ICollection<ConfigError> errors)
    {
        NamePattern? Pattern(NameMatch match, string text) => NamePattern.Compile(match, text, config.Location, errors);

        bool stops = !config.Continue;
        switch (config)
        {
            case TypeRewriteConfig type:
                return new TypeRule(stops, (RecordType)type.From, (RecordType)type.To);
            case ClassRewriteConfig @class:
                return new ClassRule(stops, (RecordClass)@class.From, (RecordClass)@class.To);
            case NameRewriteConfig name:
                return NameRule.Compile(stops, name, Pattern(name.Match, name.From), errors);
            case TtlRewriteConfig ttl:
                return Pattern(ttl.Match, ttl.Name) is NamePattern ttlName
                    ? new ResponseOnlyRule(stops, ttlName, new ResponseRule.Ttl(ttl.MinTtl, ttl.MaxTtl))
                    : null;
            case RcodeRewriteConfig rcode:
                return Pattern(rcode.Match, rcode.Name) is NamePattern rcodeName
                    ? new ResponseOnlyRule(
                        stops,
                        rcodeName,
                        new ResponseRule.Rcode((ResponseCode)rcode.From, (ResponseCode)rcode.To))
                    : null;
            case CnameRewriteConfig cname:
                return Pattern(cname.Match, cname.From) is NamePattern target
                    ? new ResponseOnlyRule(stops, null, new ResponseRule.Cname(target, cname.To))
                    : null;
            case EdnsRewriteConfig edns:
                return new EdnsRule(stops, edns);
            default:
                errors.Add(new ConfigError(config.Location, "rewrite", "a rule of this kind is not supported"));
                return null;
        }
    }

    /// <summary>Says, without allocating, whether the rule would do anything.</summary>
    public abstract bool IsMatch(in QueryContext query, ReadOnlySpan<char> name, RecordType type, RecordClass @class);

    /// <summary>Does it; called only after <see cref="IsMatch"/> was true.</summary>
    public abstract void Apply(in QueryContext query, ref RewriteQuestion question, RewriteState state);

    private sealed class TypeRule(bool stops, RecordType from, RecordType to) : RewriteRule(stops)
    {
        public override bool IsMatch(
            in QueryContext query, ReadOnlySpan<char> name, RecordType type, RecordClass @class) => type == from;

        public override void Apply(in QueryContext query, ref RewriteQuestion question, RewriteState state) =>
            question.Type = to;
    }

    private sealed class ClassRule(bool stops, RecordClass from, RecordClass to) : RewriteRule(stops)
    {
        public override bool IsMatch(
            in QueryContext query, ReadOnlySpan<char> name, RecordType type, RecordClass @class) => @class == from;

        public override void Apply(in QueryContext query, ref RewriteQuestion question, RewriteState state) =>
            question.Class = to;
    }

    /// <summary>Rules that leave the question alone: ttl, rcode and cname.</summary>
    private sealed class ResponseOnlyRule(bool stops, NamePattern? pattern, ResponseRule rule) : RewriteRule(stops)
    {
        public override bool IsMatch(
            in QueryContext query, ReadOnlySpan<char> name, RecordType type, RecordClass @class) =>
            pattern is null || pattern.IsMatch(name);

        public override void Apply(in QueryContext query, ref RewriteQuestion question, RewriteState state) =>
            state.Add(rule);
    }

    private sealed class NameRule : RewriteRule
    {
        private readonly NamePattern _pattern;
        private readonly string _replacement;
        private readonly bool _remaps;
        private readonly ResponseRule[] _answers;

        private NameRule(bool stops, NamePattern pattern, string replacement, bool remaps, ResponseRule[] answers)
            : base(stops)
        {
            _pattern = pattern;
            _replacement = replacement;
            _remaps = remaps;
            _answers = answers;
        }

        public static NameRule? Compile(
            bool stops, NameRewriteConfig config, NamePattern? pattern, ICollection<ConfigError> errors)
        {
            bool isSuffix = config.Match == NameMatch.Suffix;
            string replacement = (isSuffix || config.Match == NameMatch.Exact) && !config.To.EndsWith('.')
                ? config.To + "."
                : config.To;
            List<ResponseRule> answers = [];
            if (isSuffix && config.AutoAnswer && pattern is not null)
            {
                // Turning the suffix back needs no memory of the question.
                answers.Add(new ResponseRule.Suffix(replacement, pattern.Text));
            }

            foreach (AnswerRewriteConfig answer in config.Answers)
            {
                if (GoRegex.TryCompile(answer.From, out GoRegex? regex, out string error))
                {
                    answers.Add(new ResponseRule.Pattern(regex, answer.To, answer.OnValue));
                }
                else
                {
                    errors.Add(new ConfigError(config.Location, "rewrite", error));
                    pattern = null;
                }
            }

            // As in CoreDNS an exact rewrite always turns the names of the answer back.
            bool remaps = config.Match == NameMatch.Exact || (config.AutoAnswer && !isSuffix);
            return pattern is null ? null : new NameRule(stops, pattern, replacement, remaps, [.. answers]);
        }

        public override bool IsMatch(
            in QueryContext query, ReadOnlySpan<char> name, RecordType type, RecordClass @class) =>
            _pattern.IsMatch(name);

        public override void Apply(in QueryContext query, ref RewriteQuestion question, RewriteState state)
        {
            if (!TryRename(question.Name, out string? renamed))
            {
                state.HasFailed = true;
                return;
            }

            // Response rules run last to first, so the explicit ones are added after the automatic one.
            if (_remaps)
            {
                state.Add(new ResponseRule.Remap(renamed, question.Name));
            }

            foreach (ResponseRule answer in _answers)
            {
                state.Add(answer);
            }

            question.Name = renamed;
        }

        // The detour over the wire form tells whether it is a name and puts its escapes into one shape.
        private bool TryRename(string name, [NotNullWhen(true)] out string? renamed)
        {
            renamed = null;
            if (_pattern.TryReplace(name, _replacement, out string? text) && WireName.TryParse(text, out byte[] wire))
            {
                renamed = DomainName.ToText(wire);
            }

            return renamed is not null;
        }
    }

    private sealed class EdnsRule(bool stops, EdnsRewriteConfig config) : RewriteRule(stops)
    {
        public override bool IsMatch(
            in QueryContext query, ReadOnlySpan<char> name, RecordType type, RecordClass @class) =>
            EdnsOptions.WouldApply(config, query.Query.EdnsOptions);

        public override void Apply(in QueryContext query, ref RewriteQuestion question, RewriteState state) =>
            state.UpstreamOptions = EdnsOptions.Apply(config, query, question, state.UpstreamOptions.Span);
    }
}
