using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace NodeDns.Linux.Netfilter;

/// <summary>Runs iptables and ip6tables. Every run ends within its deadline, the wait for the xtables lock included.</summary>
/// <remarks>Rules are looked for with -C or -S and changed by iptables-restore --noflush, one transaction for each table.</remarks>
/// <param name="folder">Where the programs are; empty: on the PATH.</param>
/// <param name="backend">Which of the kernel's two sets of iptables: "-nft", "-legacy", or that of the plain name.</param>
public sealed class IptablesProgram(string folder = "", string backend = "")
{
    public const string Nft = "-nft";
    public const string Legacy = "-legacy";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    /// <summary>The same programs for another of the kernel's sets.</summary>
    public IptablesProgram Of(string other) => new(folder, other);

    /// <summary>Its name and version, the backend in brackets.</summary>
    public IptablesResult Version(TimeSpan deadline) => Run(Name(isIPv6: false), ["--version"], "", deadline);

    /// <summary>Whether the rule is there: Done or Refused.</summary>
    public IptablesResult Check(IptablesRule rule, TimeSpan deadline) =>
        Run(Name(rule.IsIPv6), [.. Wait(deadline), .. rule.Arguments("-C")], "", deadline);

    /// <summary>The rules of a table as its commands (-S).</summary>
    public IptablesResult List(bool isIPv6, string table, TimeSpan deadline) =>
        Run(Name(isIPv6), [.. Wait(deadline), "-t", table, "-S"], "", deadline);

    /// <summary>Applies a script of iptables-restore to what is there.</summary>
    public IptablesResult Restore(bool isIPv6, string script, TimeSpan deadline) =>
        Run(Name(isIPv6) + "-restore", [.. Wait(deadline), "--noflush"], script, deadline);

    /// <summary>A script for iptables-restore: the lines of each table between its name and COMMIT.</summary>
    public static string Script(IEnumerable<(string Table, string Line)> lines)
    {
        StringBuilder script = new();
        foreach (IGrouping<string, string> table in lines.GroupBy(line => line.Table, line => line.Line))
        {
            script.Append($"*{table.Key}\n");
            foreach (string line in table)
            {
                script.Append(line).Append('\n');
            }

            script.Append("COMMIT\n");
        }

        return script.ToString();
    }

    /// <summary>The name of the program of a family.</summary>
    public string Name(bool isIPv6) => (isIPv6 ? "ip6tables" : "iptables") + backend;

    private static string[] Wait(TimeSpan deadline) =>
        ["-w", Math.Max(1, (int)deadline.TotalSeconds).ToString(CultureInfo.InvariantCulture)];

    private IptablesResult Run(string name, ImmutableArray<string> arguments, string input, TimeSpan deadline)
    {
        ProcessStartInfo start = new(Path.Combine(folder, name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using Process process = Process.Start(start)!;
            return Finish(process, name, input, deadline + s_grace);
        }
        catch (Win32Exception)
        {
            return new IptablesResult(IptablesOutcome.Missing, $"{name} is not installed");
        }
    }

    private static IptablesResult Finish(Process process, string name, string input, TimeSpan limit)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read its input; its exit code and message say why.
        }

        if (!process.WaitForExit(limit))
        {
            process.Kill();
            return new IptablesResult(IptablesOutcome.Late, $"{name} did not end within {limit.TotalSeconds} s");
        }

        string text = errors.GetAwaiter().GetResult();
        return process.ExitCode == 0
            ? new IptablesResult(IptablesOutcome.Done, output.GetAwaiter().GetResult())
            : new IptablesResult(OutcomeOf(process.ExitCode, text), $"{name}: {FirstLine(text, process.ExitCode)}");
    }

    /// <summary>iptables exits with 4 for a lock it did not get; node-cache looks for the words.</summary>
    private static IptablesOutcome OutcomeOf(int exitCode, string text) => exitCode switch
    {
        _ when text.Contains("holding the xtables lock", StringComparison.Ordinal) => IptablesOutcome.Locked,
        1 => IptablesOutcome.Refused,
        _ => IptablesOutcome.Failed,
    };

    private static string FirstLine(string text, int exitCode) =>
        text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? $"exit code {exitCode}";
}
