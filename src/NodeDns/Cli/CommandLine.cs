using System;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Values;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary>What the operator typed, read: a command, its operands and the options; or one line that says what is wrong.</summary>
internal sealed record CommandLine(
    CliCommand Command, ServerOptions Options, ImmutableArray<string> Operands, string? Error)
{
    /// <summary>
    /// Reads -x v, -x=v and the same with two dashes; flags and operands may be mixed. The first operand is the command.
    /// </summary>
    public static CommandLine Parse(ReadOnlySpan<string> arguments)
    {
        CommandLine line = new(CliCommand.Serve, new ServerOptions(), [], null);
        while (!arguments.IsEmpty && line.Error is null)
        {
            line = arguments[0].StartsWith('-') && arguments[0].Length > 1
                ? line.WithFlag(ref arguments)
                : line.WithOperand(ref arguments);
        }

        return line;
    }

    private CommandLine WithOperand(ref ReadOnlySpan<string> arguments)
    {
        string word = arguments[0];
        arguments = arguments[1..];
        if (Command != CliCommand.Serve || !Operands.IsEmpty)
        {
            return this with { Operands = Operands.Add(word) };
        }

        return CommandDefinition.All.FirstOrDefault(known => known.Word == word) is { } command
            ? this with { Command = command.Command }
            : Wrong($"unknown command {Shown.Text(word)}{Suggestion.For(word, CommandDefinition.All.Select(known => known.Word).Distinct())}");
    }

    private CommandLine WithFlag(ref ReadOnlySpan<string> arguments)
    {
        string given = arguments[0];
        arguments = arguments[1..];
        int equals = given.IndexOf('=', StringComparison.Ordinal);
        string name = (equals < 0 ? given : given[..equals]).TrimStart('-');

        CliCommand command = Flags.Commands.FirstOrDefault(known => known.Name == name).Command;
        if (command != CliCommand.Serve)
        {
            return this with { Command = command };
        }

        FlagDefinition? flag = Flags.All.FirstOrDefault(known => known.Name == name || known.Alias == name);
        if (flag is null)
        {
            string[] known = [.. Flags.All.Select(one => one.Name), .. Flags.Commands.Select(one => one.Name)];
            string? nearest = Suggestion.Nearest(name, known);
            return Wrong($"unknown flag {Shown.Text(given)}" + (nearest is null ? "" : $"; did you mean -{nearest}?"));
        }

        string value = equals < 0 ? "" : given[(equals + 1)..];
        if (equals < 0 && !flag.IsSwitch)
        {
            if (arguments.IsEmpty)
            {
                return Wrong($"-{name}: expected {flag.Value} behind it");
            }

            value = arguments[0];
            arguments = arguments[1..];
        }

        ServerOptions options = flag.Read(Options, value, out string error);
        return error.Length == 0
            ? this with { Options = options }
            : Wrong($"-{name} {Shown.Text(value)}: {error}");
    }

    private CommandLine Wrong(string error) => this with { Error = error };
}
