using System;
using System.Globalization;
using System.IO;
using Xunit.Abstractions;

namespace NodeDns.EndToEnd.Node;

/// <summary>How long the measuring tests of the box run, and where their figures go.</summary>
internal static class BoxSettings
{
    /// <summary>A number from the environment, or the one that fits into ./check.</summary>
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    /// <summary>Writes a line to the test's output and, with NODEDNS_BOX_FIGURES=FILE, to that file.</summary>
    public static void Print(ITestOutputHelper output, string figures)
    {
        output.WriteLine(figures);
        Console.WriteLine(figures);
        if (Environment.GetEnvironmentVariable("NODEDNS_BOX_FIGURES") is { Length: > 0 } file)
        {
            File.AppendAllText(file, $"- {figures}\n");
        }
    }
}
