using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace NodeDns.Cli;

/// <summary>One line of the command table: what is typed, what it takes, what it does.</summary>
/// <param name="Name">One word or two; the second is the first operand.</param>
/// <param name="Operands">As the help shows them; those in brackets may be left out.</param>
internal sealed record CommandDefinition(string Name, CliCommand Command, string Operands, string Text)
{
    /// <summary>Everything that can be asked for, in the order of the help, the man page and the completion.</summary>
    public static ImmutableArray<CommandDefinition> All { get; } =
    [
        new("check-config", CliCommand.CheckConfig, "FILE", "read a Corefile, print all its errors, exit 0 or 1"),
        new("query", CliCommand.Query, "NAME [TYPE] [@SERVER]", "the answer, and how it came about"),
        new("cache list", CliCommand.Cache, "[ZONE]", "what is cached, a line each"),
        new("cache get", CliCommand.Cache, "NAME [TYPE]", "what is cached for a name, with its records"),
        new("cache flush", CliCommand.Cache, "NAME", "forget a name"),
        new("cache flush-zone", CliCommand.Cache, "ZONE", "forget a zone and all below it"),
        new("cache dump", CliCommand.Cache, "", "the whole cache with its records"),
        new("upstreams", CliCommand.Upstreams, "", "who is asked: state, time to answer, failures"),
        new("stats", CliCommand.Stats, "", "totals since the start"),
        new("top", CliCommand.Top, "", "a live view; -once prints one frame"),
        new("selftest", CliCommand.SelfTest, "", "ask all listen addresses, look at upstreams and node"),
        new("net plan", CliCommand.Net, "[flags]", "what would be done to this node, with these flags"),
        new("net apply", CliCommand.Net, "", "put addresses and interception right"),
        new("net status", CliCommand.Net, "", "what stands on this node"),
        new("net remove", CliCommand.Net, "", "turn interception off"),
        new("net ready", CliCommand.Net, "", "exit 0 once it serves: for a startup probe"),
        new("clock advance", CliCommand.Clock, "SECONDS", "move the clock of a server under test"),
        new("completion", CliCommand.Completion, "bash|zsh|fish", "the completion script of a shell"),
        new("version", CliCommand.Version, "", "also -version; -plugins lists the directives"),
        new("help", CliCommand.Help, "", "this page"),
    ];

    public string Synopsis => Operands.Length == 0 ? Name : $"{Name} {Operands}";

    /// <summary>The first word.</summary>
    public string Word => Name.Split(' ')[0];

    /// <summary>The second word, or none.</summary>
    public string? Verb => Name.Split(' ') is [_, var verb] ? verb : null;

    /// <summary>What is wrong with the operands of a command; null when they will do.</summary>
    public static string? OperandError(CliCommand command, ImmutableArray<string> operands)
    {
        CommandDefinition[] lines = [.. All.Where(one => one.Command == command)];
        if (lines is [{ Operands: "", Verb: null }])
        {
            return operands.IsEmpty ? null : $"did not expect {operands[0]}";
        }

        return lines.Any(line => line.Takes(operands)) ? null : $"expected {Or(Nearest(lines, operands))}";
    }

    private static IEnumerable<string> Nearest(CommandDefinition[] lines, ImmutableArray<string> operands)
    {
        CommandDefinition[] meant = [.. lines.Where(line => line.Verb is not null && line.Verb == operands.FirstOrDefault())];
        return (meant.Length > 0 ? meant : lines).Select(line => line.Synopsis.Replace(" [flags]", "", StringComparison.Ordinal));
    }

    private static string Or(IEnumerable<string> choices)
    {
        string[] all = [.. choices];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }

    private bool Takes(ImmutableArray<string> operands)
    {
        int verbs = Verb is null ? 0 : 1;
        string[] words = Operands.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int most = words.Count(word => word != "[flags]") + verbs;
        int least = words.Count(word => word[0] != '[') + verbs;
        return operands.Length >= least && operands.Length <= most && (Verb is null || operands[0] == Verb);
    }
}
