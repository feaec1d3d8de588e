using System;
using System.Collections.Generic;
using NodeDns.Config;
using NodeDns.Filters;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>The rewrite rules of a server block, in file order.</summary>
/// <remarks>
/// Rules see what the rules before them made. A question that no rule touches costs matching only, without
/// allocation; one that is rewritten carries a <see cref="RewriteState"/> until its answer is restored.
/// </remarks>
internal sealed class RewriteRules
{
    private readonly RewriteRule[] _rules;

    private RewriteRules(RewriteRule[] rules) => _rules = rules;

    /// <summary>Compiles what it can and adds an error for everything else.</summary>
    public static RewriteRules Compile(IEnumerable<RewriteRuleConfig> configs, ICollection<ConfigError> errors)
    {
        List<RewriteRule> rules = [];
        foreach (RewriteRuleConfig config in configs)
        {
            if (RewriteRule.Compile(config, errors) is RewriteRule rule)
            {
                rules.Add(rule);
            }
        }

        return new RewriteRules([.. rules]);
    }

    /// <summary>Null: untouched. Else the question to go on with, its name folded and in wire form.</summary>
    public RewriteState? TryRewrite(
        in QueryContext query, Span<byte> newName, out int newLength, out RecordType newType, out RecordClass newClass)
    {
        newLength = query.Name.Length;
        newType = query.Type;
        newClass = query.Class;
        Span<char> text = stackalloc char[NameText.MaxLength];
        ReadOnlySpan<char> name = text[..NameText.Format(query.Name, text)];
        for (int i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].IsMatch(query, name, query.Type, query.Class))
            {
                return Rewrite(query, name, i, newName, out newLength, out newType, out newClass);
            }
        }

        return null;
    }

    /// <summary>Puts an answer (without OPT) back into the client's words; false when it does not fit or is malformed.</summary>
    public static bool TryRestore(
        RewriteState state, ReadOnlySpan<byte> answer, Span<byte> destination, out int length) =>
        AnswerRestorer.TryRestore(state, answer, destination, out length);

    private RewriteState Rewrite(
        in QueryContext query,
        ReadOnlySpan<char> name,
        int first,
        Span<byte> newName,
        out int newLength,
        out RecordType newType,
        out RecordClass newClass)
    {
        RewriteState state = new(query);
        RewriteQuestion question = new() { Name = name.ToString(), Type = query.Type, Class = query.Class };
        for (int i = first; i < _rules.Length && !state.HasFailed; i++)
        {
            if (_rules[i].IsMatch(query, question.Name, question.Type, question.Class))
            {
                _rules[i].Apply(query, ref question, state);
                if (_rules[i].Stops)
                {
                    break;
                }
            }
        }

        newType = question.Type;
        newClass = question.Class;
        newLength = 0;
        if (!state.HasFailed && WireName.TryParse(question.Name, out byte[] wire) && wire.Length <= newName.Length)
        {
            wire.CopyTo(newName);
            newLength = wire.Length;
        }
        else
        {
            state.HasFailed = true;
        }

        return state;
    }
}
