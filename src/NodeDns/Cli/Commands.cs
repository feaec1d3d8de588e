using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using NodeDns.Config.Directives;
using NodeDns.Hosting;

namespace NodeDns.Cli;

/// <summary>Runs everything that is not serving: commands that print something and end.</summary>
internal static class Commands
{
    public const int UsageError = 2;

    /// <summary>Whether nothing else is wanted: no command, no mistake.</summary>
    public static bool AsksToServe(CommandLine line) =>
        line.Command == CliCommand.Serve && line.Error is null && OperandError(line) is null;

    /// <summary>Returns the exit code.</summary>
    public static int Run(CommandLine line, TextReader input, TextWriter output, TextWriter errors)
    {
        string? error = line.Error ?? OperandError(line);
        if (error is not null)
        {
            errors.WriteLine($"nodedns: {error}; {Help.UsageHint}");
            return UsageError;
        }

        switch (line.Command)
        {
            case CliCommand.Help:
                output.Write(Help.Page());
                break;
            case CliCommand.Version:
                output.WriteLine(VersionText());
                break;
            case CliCommand.Plugins:
                output.WriteLine(string.Join('\n', DirectiveNames()));
                break;
            case CliCommand.CheckConfig:
                return CheckConfigCommand.Run(line.Operands[0], line.Options, input, output, errors);
            case CliCommand.Net:
                return NetCommand.Run(line.Operands[0], line.Options, output, errors);
            case CliCommand.Clock:
                return ControlClient.Run(
                    line.Options.ControlSocket, $"{ClockControl.Command} {line.Operands[1]}", output, errors);
            case CliCommand.Query:
                return QueryCommand.Run(line.Options, line.Operands, output, errors);
            case CliCommand.Cache:
                return CacheCommand.Run(line.Options, line.Operands, output, errors);
            case CliCommand.Upstreams:
                return ControlClient.Run(line.Options.ControlSocket, "upstreams", output, errors);
            case CliCommand.Stats:
                return ControlClient.Run(line.Options.ControlSocket, "stats", output, errors);
            case CliCommand.Top:
                return TopCommand.Run(line.Options, output, errors);
            case CliCommand.SelfTest:
                return SelfTestCommand.Run(line.Options, output, errors);
            case CliCommand.Completion:
                output.Write(CompletionScript.For(line.Operands[0]));
                break;
        }

        return 0;
    }

    /// <summary>"NodeDns-0.1.0", then platform and runtime, as CoreDNS prints its own.</summary>
    public static string VersionText()
    {
        string platform = RuntimeInformation.RuntimeIdentifier.Replace('-', '/');
        return $"{Dnstap.ProgramVersion.Text}\n{platform}, {RuntimeInformation.FrameworkDescription}";
    }

    private static IEnumerable<string> DirectiveNames() =>
        DirectiveTable.Entries.Select(entry => entry.Name).Append("import").Order(StringComparer.Ordinal);

    private static string? OperandError(CommandLine line) => line.Command switch
    {
        CliCommand.Serve or CliCommand.Plugins => null,
        CliCommand.Completion when line.Operands.Length == 1 && !CompletionScript.Shells.Contains(line.Operands[0]) =>
            "expected completion bash, zsh or fish",
        CliCommand.Net when line.Operands is ["plan"] && line.Options.LocalAddresses.IsEmpty =>
            "net plan: expected the flags of the server, -localip among them",
        _ => CommandDefinition.OperandError(line.Command, line.Operands),
    };
}
