using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>errors [stdout] { stacktrace, consolidate DURATION REGEX [LEVEL] [show_first] }</summary>
internal static class ErrorsDirective
{
    public static void Read(DirectiveScope scope)
    {
        if (scope.TakesAtMost(1) && scope.Arguments is [var target] && target.Text != "stdout")
        {
            scope.Error(target, $"errors are always written to standard output; expected stdout or nothing, found {Shown.Text(target.Text)}");
        }

        bool stacktrace = false;
        var consolidate = ImmutableArray.CreateBuilder<ErrorsConsolidateConfig>();
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["stacktrace"] = option => stacktrace = scope.IsFlag(option),
            ["consolidate"] = option =>
            {
                if (Consolidate(scope, option) is ErrorsConsolidateConfig pattern)
                {
                    consolidate.Add(pattern);
                }
            },
        });
        scope.Block = scope.Block with { Errors = new ErrorsConfig(stacktrace, consolidate.ToImmutable()) };
    }

    private static ErrorsConsolidateConfig? Consolidate(DirectiveScope scope, DirectiveSyntax option)
    {
        const string Syntax = "DURATION REGEX [warning|error|info|debug] [show_first]";
        if (!scope.TryArguments(option, 2, 4, Syntax, out ImmutableArray<Token> words)
            || !scope.TryDuration(words[0], out TimeSpan period)
            || !scope.TryRegex(words[1], out string pattern))
        {
            return null;
        }

        ErrorsLevel level = ErrorsLevel.Error;
        bool showFirst = false;
        for (int i = 2; i < words.Length; i++)
        {
            switch (words[i].Text)
            {
                case "show_first" when i == words.Length - 1:
                    showFirst = true;
                    break;
                case "warning" when i == 2:
                    level = ErrorsLevel.Warning;
                    break;
                case "error" when i == 2:
                    level = ErrorsLevel.Error;
                    break;
                case "info" when i == 2:
                    level = ErrorsLevel.Info;
                    break;
                case "debug" when i == 2:
                    level = ErrorsLevel.Debug;
                    break;
                default:
                    scope.Error(words[i], $"expected \"consolidate {Syntax}\", found {Shown.Text(words[i].Text)}");
                    break;
            }
        }

        return new ErrorsConsolidateConfig(period, pattern, level, showFirst);
    }
}
