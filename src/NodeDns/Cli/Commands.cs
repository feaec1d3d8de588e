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

    /// <summary>False when the command line asks to serve; then nothing was done.</summary>
    public static bool TryRun(
        CommandLine line, TextReader input, TextWriter output, TextWriter errors, out int exitCode)
    {
        exitCode = 0;
        string? error = line.Error ?? OperandError(line);
        if (error is not null)
        {
            errors.WriteLine($"nodedns: {error}; {Help.UsageHint}");
            exitCode = UsageError;
            return true;
        }

        switch (line.Command)
        {
            case CliCommand.Serve:
                return false;
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
                exitCode = CheckConfigCommand.Run(line.Operands[0], line.Options, input, output, errors);
                break;
            case CliCommand.Net:
                exitCode = NetCommand.Run(line.Operands[0], line.Options, output, errors);
                break;
            case CliCommand.Clock:
                exitCode = ControlClient.Run(
                    line.Options.ControlSocket, $"{ClockControl.Command} {line.Operands[1]}", output, errors);
                break;
            case CliCommand.Query:
                exitCode = QueryCommand.Run(line.Options, line.Operands, output, errors);
                break;
            case CliCommand.Cache:
                exitCode = CacheCommand.Run(line.Options, line.Operands, output, errors);
                break;
            case CliCommand.Upstreams:
                exitCode = ControlClient.Run(line.Options.ControlSocket, "upstreams", output, errors);
                break;
            case CliCommand.Stats:
                exitCode = ControlClient.Run(line.Options.ControlSocket, "stats", output, errors);
                break;
            case CliCommand.Top:
                exitCode = TopCommand.Run(line.Options, output, errors);
                break;
            case CliCommand.SelfTest:
                exitCode = SelfTestCommand.Run(line.Options, output, errors);
                break;
            case CliCommand.Completion:
                output.Write(CompletionScript.For(line.Operands[0]));
                break;
        }

        return true;
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
