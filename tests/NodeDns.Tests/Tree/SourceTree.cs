using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace NodeDns.Tests.Tree;

/// <summary>The checkout as files: what the tree tests read. Built files are no part of it.</summary>
internal static class SourceTree
{
    private static readonly string[] s_notOurs = [".git", "artifacts", "bin", "obj", ".vs", ".idea", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file, as a path from the root with slashes.</summary>
    public static ImmutableArray<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> CSharp(string folder) =>
        Files.Where(file => file.StartsWith(folder, StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The folders of src that hold C# files, with a slash at the end.</summary>
    public static ImmutableArray<string> SourceFolders { get; } =
        [.. CSharp("src/").Select(file => file[..(file.LastIndexOf('/') + 1)]).Distinct()];

    /// <summary>The folders that docs/architecture.md lists, in its order.</summary>
    public static ImmutableArray<string> DocumentedFolders { get; } =
    [
        .. Regex.Matches(Read("docs/architecture.md"), @"^\| `(src/[^`]*/)` \|", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value),
    ];

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NodeDns.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("NodeDns.sln is in no folder above the tests");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != ".git"))
        {
            yield return Path.GetRelativePath(Root, file);
        }

        foreach (string inner in Directory.EnumerateDirectories(folder).Where(inner => !s_notOurs.Contains(Path.GetFileName(inner))))
        {
            foreach (string file in Walk(inner))
            {
                yield return file;
            }
        }
    }
}
