using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using NodeDns.Config.Syntax;
using NodeDns.Config.Values;

namespace NodeDns.Config.Directives;

/// <summary>log [NAMES...] [FORMAT] { class success|denial|error|all... }</summary>
internal static class LogDirective
{
    public static void Read(DirectiveScope scope)
    {
        ImmutableArray<Token> words = scope.Arguments;
        string format = LogConfig.CommonFormat;
        if (words is [.., var last] && last.Text.Contains('{', StringComparison.Ordinal))
        {
            words = words.RemoveAt(words.Length - 1);
            format = last.Text
                .Replace("{common}", LogConfig.CommonFormat, StringComparison.Ordinal)
                .Replace("{combined}", LogConfig.CombinedFormat, StringComparison.Ordinal);
        }

        LogClasses classes = 0;
        scope.ReadOptions(new Dictionary<string, Action<DirectiveSyntax>>
        {
            ["class"] = option => classes |= Classes(scope, option),
        });
        scope.Block = scope.Block with
        {
            Logs = scope.Block.Logs.Add(new LogConfig(
                words.IsEmpty ? ["."] : scope.Names(words),
                format,
                classes == 0 ? LogClasses.All : classes)),
        };
    }

    private static LogClasses Classes(DirectiveScope scope, DirectiveSyntax option)
    {
        LogClasses classes = 0;
        if (!scope.TryArguments(option, 1, int.MaxValue, "success|denial|error|all...", out ImmutableArray<Token> words))
        {
            return classes;
        }

        foreach (Token word in words)
        {
            switch (word.Text)
            {
                case "success":
                    classes |= LogClasses.Success;
                    break;
                case "denial":
                    classes |= LogClasses.Denial;
                    break;
                case "error":
                    classes |= LogClasses.Error;
                    break;
                case "all":
                    classes |= LogClasses.All;
                    break;
                default:
                    scope.Error(word, $"expected success, denial, error or all, found {Shown.Text(word.Text)}");
                    break;
            }
        }

        return classes;
    }
}
