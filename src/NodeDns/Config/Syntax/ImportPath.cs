using System;
using System.Collections.Immutable;
using System.IO;
using System.IO.Enumeration;
using System.Linq;

namespace NodeDns.Config.Syntax;

/// <summary>The files that the argument of an import names.</summary>
internal static class ImportPath
{
    private static readonly char[] s_wildcards = ['*', '?', '[', ']'];

    public static bool IsPattern(string path) => path.IndexOfAny(s_wildcards) >= 0;

    /// <summary>Relative paths are relative to the importing file, not to the folder the server was started in.</summary>
    public static string RelativeTo(string importingFile, string path) =>
        Path.Combine(Path.GetDirectoryName(importingFile) ?? "", path);

    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? Check(string pattern)
    {
        bool one = pattern.Count(c => c == '*') <= 1 && pattern.Count(c => c == '?') <= 1
            && !pattern.AsSpan().ContainsAny('[', ']');
        if (!one)
        {
            return "only one wildcard (* or ?) is allowed";
        }

        return IsPattern(Path.GetDirectoryName(pattern) ?? "") ? "the wildcard has to be in the file's name" : null;
    }

    public static ImmutableArray<string> Match(string pattern, ICorefileFiles files)
    {
        string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
        string name = Path.GetFileName(pattern);
        return
        [
            .. files.List(folder)
                .Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false)),
        ];
    }
}
