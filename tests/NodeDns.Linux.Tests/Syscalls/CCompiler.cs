using System;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace NodeDns.Linux.Tests.Syscalls;

/// <summary>Checks C source against the headers of this machine.</summary>
internal static class CCompiler
{
    public static string? Path { get; } = Find();

    /// <summary>Compiles without linking; returns what the compiler complained about, empty when nothing.</summary>
    public static string Compile(string source)
    {
        ProcessStartInfo start = new(Path!, ["-x", "c", "-fsyntax-only", "-Werror", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(start)!;
        compiler.StandardInput.Write(source);
        compiler.StandardInput.Close();
        string complaints = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return complaints;
    }

    private static string? Find()
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            string candidate = System.IO.Path.Join(folder, "cc");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}

/// <summary>A fact that needs a C compiler and says so when there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CCompilerFactAttribute : FactAttribute
{
    public CCompilerFactAttribute()
    {
        if (CCompiler.Path is null)
        {
            Skip = "no C compiler (cc) in PATH";
        }
    }
}
