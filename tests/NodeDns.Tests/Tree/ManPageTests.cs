using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NodeDns.Cli;
using NodeDns.Config.Directives;
using Xunit;

namespace NodeDns.Tests.Tree;

/// <summary>The man pages and docs/operations.md against the tables of commands, flags and directives, both ways.</summary>
public sealed class ManPageTests
{
    private static readonly string[] s_files = ["docs/man/nodedns.1", "docs/man/nodedns-corefile.5"];

    private static string CommandPage => Plain(SourceTree.Read(s_files[0]));

    [Fact]
    public void Commands_OfTheTable_AreInTheManPageAndBack()
    {
        string section = CommandPage.Split(".SH COMMANDS")[1].Split(".SH FLAGS")[0];
        IEnumerable<string> documented = Regex.Matches(section, @"^\.B (.+)$", RegexOptions.Multiline).Select(line => line.Groups[1].Value.TrimEnd());

        Assert.Equal(CommandDefinition.All.Select(command => command.Synopsis), documented);
    }

    [Fact]
    public void Flags_OfTheTable_AreInTheManPageAndBack()
    {
        string section = CommandPage.Split(".SH FLAGS")[1].Split(".SH SIGNALS")[0];
        IEnumerable<string> documented = Regex.Matches(section, @"^\.B (-.+)$", RegexOptions.Multiline)
            .SelectMany(line => line.Groups[1].Value.Split(", ")).Select(name => name.Trim()[1..]);
        IEnumerable<string> known = Flags.All.Select(flag => flag.Name).Concat(Flags.All.Where(flag => flag.Alias is not null).Select(flag => flag.Alias!));

        Assert.Equal(known.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Directives_OfTheTable_AreInTheManPageAndBack()
    {
        IEnumerable<string> documented = Regex.Matches(Plain(SourceTree.Read(s_files[1])), @"^\.SS (\S+)$", RegexOptions.Multiline)
            .Select(line => line.Groups[1].Value);

        Assert.Equal(
            DirectiveTable.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Commands_OfTheTable_AreInOperationsAndBack()
    {
        string page = SourceTree.Read("docs/operations.md");
        Assert.All(
            CommandDefinition.All.Where(command => command.Command != CliCommand.Help),
            command => Assert.Matches($"nodedns {command.Word}|`{command.Verb}`", page));
        IEnumerable<string> unknown = Regex.Matches(page, @"`nodedns ([a-z][a-z-]*)").Select(match => match.Groups[1].Value)
            .Except(CommandDefinition.All.Select(command => command.Word));
        Assert.Empty(unknown);
        Assert.All(
            CommandDefinition.All.Where(command => command.Command == CliCommand.Cache),
            command => Assert.Matches($"cache {command.Verb}|`{command.Verb}`", page));
    }

    [Fact]
    public void Pages_ForGroff_HaveNoWarnings()
    {
        foreach (string file in s_files.Where(_ => File.Exists("/usr/bin/groff")))
        {
            using Process groff = Process.Start(new ProcessStartInfo("groff", ["-man", "-ww", "-z", "-Tutf8", Path.Combine(SourceTree.Root, file)])
            {
                RedirectStandardError = true,
            })!;
            string said = groff.StandardError.ReadToEnd();
            groff.WaitForExit();
            Assert.Equal("", said);
        }

        Assert.All(s_files, file => Assert.StartsWith(".TH NODEDNS", SourceTree.Read(file), StringComparison.Ordinal));
    }

    [Fact]
    public void Help_OfTheProgram_HasEveryCommandAndFlagInShortLines()
    {
        string page = Help.Page();

        Assert.All(CommandDefinition.All, command => Assert.Contains($"  {command.Synopsis} ", page, StringComparison.Ordinal));
        Assert.All(Flags.All, flag => Assert.Contains($"  -{flag.Name}", page, StringComparison.Ordinal));
        Assert.All(page.Split('\n'), line => Assert.True(line.Length <= 110, line));
    }

    private static string Plain(string page) => Regex.Replace(page, @"\\f[BIR]|\\&", "").Replace("\\-", "-", StringComparison.Ordinal).Replace("\\e", "\\", StringComparison.Ordinal);
}
