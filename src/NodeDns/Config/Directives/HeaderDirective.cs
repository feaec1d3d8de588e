using System;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>header { [query|response] set|clear aa|ra|rd... }</summary>
internal static class HeaderDirective
{
    private const string Syntax = "[query|response] set|clear aa|ra|rd...";

    public static void Read(DirectiveScope scope)
    {
        scope.TakesNoArguments();
        if (scope.Options.IsEmpty)
        {
            scope.Error($"expected a block with rules \"{Syntax}\"");
        }

        foreach (DirectiveSyntax option in scope.Options)
        {
            if (scope.TakesNoBlock(option))
            {
                ReadRule(scope, option.Arguments.Insert(0, option.Name));
            }
        }
    }

    private static void ReadRule(DirectiveScope scope, ImmutableArray<Token> words)
    {
        Token first = words[0];
        string selector = first.Text.ToLowerInvariant();

        // Before CoreDNS had rules for queries, a rule began with set or clear and was for responses.
        words = selector is "query" or "response" ? words.RemoveAt(0) : words;
        if (words.Length < 2 || words[0].Text.ToLowerInvariant() is not ("set" or "clear"))
        {
            scope.Error(first, $"expected \"{Syntax}\", found {Shown.Text(first.Text)}");
            return;
        }

        foreach (Token word in words.Skip(1))
        {
            HeaderFlag? flag = word.Text.ToLowerInvariant() switch
            {
                "aa" => HeaderFlag.AuthoritativeAnswer,
                "ra" => HeaderFlag.RecursionAvailable,
                "rd" => HeaderFlag.RecursionDesired,
                _ => null,
            };
            if (flag is null)
            {
                scope.Error(word, $"expected aa, ra or rd, found {Shown.Text(word.Text)}");
                continue;
            }

            var rule = new HeaderRuleConfig(selector == "query", flag.Value, words[0].Text.Equals("set", StringComparison.OrdinalIgnoreCase));
            scope.Block = scope.Block with { Headers = scope.Block.Headers.Add(rule) };
        }
    }
}
