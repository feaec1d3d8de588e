using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NodeDns.Config;
using NodeDns.Config.Directives;
using NodeDns.Tests.Config;
using Xunit;

namespace NodeDns.Tests.Tree;

/// <summary>docs/configuration.md is read as an operator reads it: every example loads, every directive has its section.</summary>
public sealed class ConfigurationDocsTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "configuration.md"));

    [Fact]
    public void Examples_EachCorefileBlock_Loads()
    {
        List<(int Line, string Text)> examples = Examples();

        Assert.True(examples.Count > DirectiveTable.Entries.Length / 2);
        foreach ((int line, string text) in examples)
        {
            CorefileResult result = CorefileReader.ReadText(text, $"configuration.md after line {line}", new FakeMachine().Context);
            Assert.Empty(result.Errors);
        }
    }

    [Fact]
    public void Sections_EachDirective_HasSyntaxAndAnExampleThatUsesIt()
    {
        foreach (DirectiveEntry entry in DirectiveTable.Entries)
        {
            string[] section = Section(entry.Name);

            Assert.True(section.Length > 0, $"docs/configuration.md has no section \"### {entry.Name}\"");
            Assert.Contains(section.SkipWhile(line => line != "```text"), line => line.StartsWith(entry.Name, StringComparison.Ordinal));
            Assert.Contains(
                section.SkipWhile(line => line != "```corefile"),
                line => line.TrimStart().Split(' ')[0] == entry.Name);
        }
    }

    [Fact]
    public void Sections_OfDirectives_AreOfDirectivesThatExist()
    {
        IEnumerable<string> sections = s_lines.Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]);

        Assert.Empty(sections.Except(DirectiveTable.Entries.Select(entry => entry.Name)));
    }

    [Fact]
    public void Table_OfRefusedDirectives_NamesThem()
    {
        string text = string.Join('\n', s_lines);

        Assert.All(
            DirectiveTable.WithoutEffect.Concat(["kubernetes", "autopath", "file", "secondary", "transfer", "dnssec", "view", "grpc"]),
            name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    private static string[] Section(string name) =>
        [.. s_lines.SkipWhile(line => line != $"### {name}").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)
            && !line.StartsWith("### ", StringComparison.Ordinal))];

    private static List<(int Line, string Text)> Examples()
    {
        var examples = new List<(int, string)>();
        for (int i = 0; i < s_lines.Length; i++)
        {
            if (s_lines[i] == "```corefile")
            {
                string[] block = [.. s_lines.Skip(i + 1).TakeWhile(line => line != "```")];
                examples.Add((i + 1, string.Join('\n', block)));
            }
        }

        return examples;
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NodeDns.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("NodeDns.sln is not in any folder above the tests");
    }
}
