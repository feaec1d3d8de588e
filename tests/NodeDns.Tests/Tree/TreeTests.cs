using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace NodeDns.Tests.Tree;

/// <summary>The rules of CONTRIBUTING.md about files and folders, held against the checkout.</summary>
public sealed class TreeTests
{
    private const string Program = "src/NodeDns/";
    private const int MostSourceLines = 500;
    private const int MostTestLines = 800;

    /// <summary>Files outside NodeDns.Linux that look at memory as another type.</summary>
    private static readonly string[] s_mayReinterpret =
    [
        "src/NodeDns/Cache/AnswerCache.cs", "src/NodeDns/Cache/CacheIndex.cs", "src/NodeDns/Cache/CacheShard.cs",
        "src/NodeDns/Cache/EntryWriter.cs", "src/NodeDns/Upstreams/AnswerDelivery.cs",
    ];

    /// <summary>Hosts of package registries, written so that this file names none.</summary>
    private static readonly string[] s_packageHosts =
    [
        "nuget" + ".org", "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com",
        "crates" + ".io", "proxy.golang" + ".org", "sum.golang" + ".org", "rubygems" + ".org", "repo.maven" + ".org",
        "pkgs.dev.azure" + ".com", "artifactory" + ".", "nexus" + ".",
    ];

    [Fact]
    [Trait("Statement", "2.1 weak PRNG")]
    public void Randomness_IsTheKernelsExceptWhereNobodyGainsByGuessing()
    {
        // The jitter of a reload, and the order of records in an answer.
        string[] mayGuess =
        [
            "src/NodeDns/Hosting/ConfigWatcher.cs", "src/NodeDns/Rewriting/LoadBalanceShaper.cs",
            "src/NodeDns/Rewriting/RecordOrder.cs",
        ];
        Assert.DoesNotContain(
            SourceTree.CSharp("src/").Except(mayGuess),
            file => Regex.IsMatch(SourceTree.Read(file), @"\bRandom\.Shared|new Random\("));
    }

    [Fact]
    public void Folders_UsingEachOther_UseOnlyThoseAboveThem()
    {
        List<string> order =
        [
            .. SourceTree.DocumentedFolders
                .Where(folder => folder.StartsWith(Program, StringComparison.Ordinal))
                .Select(folder => folder[Program.Length..].Split('/')[0])
                .Where(folder => folder.Length > 0)
                .Distinct(),
        ];
        List<string> wrong = [];
        foreach (string file in SourceTree.CSharp(Program))
        {
            string[] path = file[Program.Length..].Split('/');
            if (path.Length == 1)
            {
                continue;
            }

            wrong.AddRange(
                from Match used in Regex.Matches(SourceTree.Read(file), @"^using (?:static )?NodeDns\.(\w+)", RegexOptions.Multiline)
                let folder = used.Groups[1].Value
                where folder is not ("Wire" or "Linux") && order.IndexOf(folder) > order.IndexOf(path[0])
                select $"{file} uses NodeDns.{folder}, which comes after {path[0]}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Namespaces_OfSources_AreTheirFolders()
    {
        IEnumerable<string> wrong =
            from file in SourceTree.CSharp("src/")
            let declared = Regex.Match(SourceTree.Read(file), @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value
            let folder = file["src/".Length..file.LastIndexOf('/')].Replace('/', '.')
            where declared.Length > 0 && declared != folder
            select $"{file} declares {declared}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Folders_OfSrc_AreAllInTheArchitecturePage() =>
        Assert.Empty(SourceTree.SourceFolders.Except(SourceTree.DocumentedFolders));

    [Fact]
    public void Folders_InTheArchitecturePage_AllExist() =>
        Assert.Empty(SourceTree.DocumentedFolders.Except(SourceTree.SourceFolders));

    [Fact]
    public void MemoryReinterpreted_OutsideLinux_OnlyInTheListedFiles()
    {
        IEnumerable<string> found =
            from file in SourceTree.CSharp("src/")
            where !file.StartsWith("src/NodeDns.Linux/", StringComparison.Ordinal)
            where Regex.IsMatch(SourceTree.Read(file), @"\b(Unsafe|MemoryMarshal|CollectionsMarshal)\.")
            select file;
        Assert.Equal(s_mayReinterpret.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void UncheckedMemory_OutsideLinux_SaysWhyItIsSafe()
    {
        // What MemoryMarshal offers on spans checks its bounds; Unsafe and GetReference do not.
        IEnumerable<string> silent =
            from file in SourceTree.CSharp("src/")
            where !file.StartsWith("src/NodeDns.Linux/", StringComparison.Ordinal)
            let text = SourceTree.Read(file)
            where Regex.IsMatch(text, @"\bUnsafe\.|MemoryMarshal\.(GetReference|GetArrayDataReference|CreateSpan|CreateReadOnlySpan)")
            where !text.Contains("// SAFETY:", StringComparison.Ordinal)
            select file;
        Assert.Empty(silent);
    }

    [Theory]
    [InlineData("src/", MostSourceLines)]
    [InlineData("tests/", MostTestLines)]
    [InlineData("benchmarks/", MostSourceLines)]
    public void Files_OfEachPart_StayShort(string folder, int most)
    {
        IEnumerable<string> longer =
            from file in SourceTree.CSharp(folder)
            let lines = SourceTree.Read(file).Count(c => c == '\n')
            where lines > most
            select $"{file}: {lines} lines";
        Assert.Empty(longer);
    }

    [Fact]
    public void Files_OfTheTree_NameNoPackageHost()
    {
        IEnumerable<string> naming =
            from file in SourceTree.Files
            let text = SourceTree.Read(file)
            from host in s_packageHosts
            where text.Contains(host, StringComparison.OrdinalIgnoreCase)
            select $"{file}: {host}";
        Assert.Empty(naming);
    }

    [Fact]
    public void Comments_InSources_LeaveNoUnfinishedBusiness()
    {
        // Written so that this file has none itself.
        string marks = string.Join('|', "TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X");
        IEnumerable<string> found = SourceTree.CSharp("src/")
            .Where(file => Regex.IsMatch(SourceTree.Read(file), $@"//.*\b({marks})\b"));
        Assert.Empty(found);
    }

    [Fact]
    public void TestMethods_OfAllProjects_AssertSomething()
    {
        List<TestMethod> methods = [.. SourceTree.CSharp("tests/").SelectMany(TestMethod.In)];
        Assert.True(methods.Count(method => method.IsTest) > 100, "the reader of test methods finds too few");

        // A method asserts when it says so or calls, by name, one that does.
        HashSet<string> asserting = [.. methods.Where(method => method.SaysAssert).Select(method => method.Name)];
        for (int known = 0; known < asserting.Count;)
        {
            known = asserting.Count;
            asserting.UnionWith(methods.Where(method => method.CallsAny(asserting)).Select(method => method.Name));
        }

        IEnumerable<string> silent = methods
            .Where(method => method.IsTest && !method.SaysAssert && !method.CallsAny(asserting))
            .Select(method => $"{method.File}: {method.Name}");
        Assert.Empty(silent);
    }
}
