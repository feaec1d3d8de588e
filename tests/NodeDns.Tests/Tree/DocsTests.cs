using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NodeDns.Cli;
using NodeDns.Config;
using NodeDns.Tests.Config;
using Xunit;

namespace NodeDns.Tests.Tree;

/// <summary>What the pages say, held against the program.</summary>
public sealed class DocsTests
{
    private static IEnumerable<string> Pages => SourceTree.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void CorefileBlocks_OfAllPages_AreReadWithoutErrors()
    {
        // ConfigurationDocsTests reads the examples of docs/configuration.md too; here it is one page of all.
        List<string> wrong = [];
        int blocks = 0;
        foreach (string page in Pages)
        {
            foreach (Match block in Regex.Matches(SourceTree.Read(page), @"^```corefile\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
            {
                blocks++;
                CorefileResult result = CorefileReader.ReadText(block.Groups[1].Value, page, new FakeMachine().Context);
                wrong.AddRange(result.Errors.Select(error => error.ToString()));
            }
        }

        Assert.Empty(wrong);
        Assert.True(blocks > 0);
    }

    [Fact]
    public void CorefileBlock_OfTheReadme_HasTenLines()
    {
        Match block = Regex.Match(SourceTree.Read("README.md"), @"^```corefile\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.Equal(10, block.Groups[1].Value.Count(c => c == '\n'));
    }

    [Fact]
    public void Flags_OfTheHelp_AreInReadmeOrOperations()
    {
        string pages = SourceTree.Read("README.md") + SourceTree.Read("docs/operations.md");
        Assert.All(Flags.All, flag => Assert.Matches($"`-{Regex.Escape(flag.Name)}[`= ]", pages));
    }

    [Fact]
    public void Flags_OfOperations_AreInTheHelp()
    {
        IEnumerable<string> documented = Regex.Matches(SourceTree.Read("docs/operations.md"), @"`-([a-z][a-z.-]*)`")
            .Select(match => match.Groups[1].Value);
        IEnumerable<string> known = Flags.All.Select(flag => flag.Name)
            .Concat(Flags.All.Select(flag => flag.Alias ?? ""))
            .Concat(Flags.Commands.Select(command => command.Name));
        Assert.Empty(documented.Where(name => name != "flag").Except(known));
    }

    [Fact]
    public void Links_OfAllPages_LeadToFiles()
    {
        IEnumerable<string> broken =
            from page in Pages
            from Match link in Regex.Matches(SourceTree.Read(page), @"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
            let target = Path.Combine(SourceTree.Root, Path.GetDirectoryName(page)!, link.Groups[1].Value)
            where !Path.Exists(target)
            select $"{page}: {link.Groups[1].Value}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Figures_OfTheReadme_PointToAResultFile()
    {
        // Speed and size are claims; each line with one links to where it was measured.
        IEnumerable<string> unproven = SourceTree.Read("README.md").Split('\n')
            .Where(line => Regex.IsMatch(line, @"\d\s*(queries|q/s|qps|us|µs|ms|MiB|MB|%|times|x faster)\b"))
            .Where(line => !line.Contains("benchmarks/results/", StringComparison.Ordinal));
        Assert.Empty(unproven);
    }
}
