using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NodeDns.TestKit;

namespace NodeDns.Wire.Tests;

/// <summary>The packets of tests/corpus by name.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "corpus");

    public static IReadOnlyDictionary<string, byte[]> Packets { get; } = Directory.GetFiles(Folder, "*.bin")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllBytes, StringComparer.Ordinal);

    public static IEnumerable<string> Names(string prefix) =>
        Packets.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
