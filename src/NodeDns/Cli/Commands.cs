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
        }

        return true;
    }

    /// <summary>"NodeDns-0.1.0", then platform and runtime, as CoreDNS prints its own.</summary>
    public static string VersionText()
    {
        string platform = RuntimeInformation.RuntimeIdentifier.Replace('-', '/');
        return $"NodeDns-{ProgramVersion}\n{platform}, {RuntimeInformation.FrameworkDescription}";
    }

    public static string ProgramVersion => typeof(Commands).Assembly.GetName().Version!.ToString(fieldCount: 3);

    private static IEnumerable<string> DirectiveNames() =>
        DirectiveTable.Entries.Select(entry => entry.Name).Append("import").Order(StringComparer.Ordinal);

    private static string? OperandError(CommandLine line) => line.Command switch
    {
        CliCommand.CheckConfig when line.Operands.Length != 1 => "expected check-config FILE",
        CliCommand.Clock when line.Operands is not ["advance", _] => "expected clock advance SECONDS",
        CliCommand.Net when line.Operands is not ["plan" or "apply" or "status" or "remove" or "ready"] =>
            "expected net plan, net apply, net status, net remove or net ready",
        CliCommand.Net when line.Operands is ["plan"] && line.Options.LocalAddresses.IsEmpty =>
            "net plan: expected the flags of the server, -localip among them",
        CliCommand.Version or CliCommand.Help when !line.Operands.IsEmpty =>
            $"did not expect {line.Operands[0]}",
        _ => null,
    };
}
