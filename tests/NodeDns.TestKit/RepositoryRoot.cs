using System;
using System.IO;
using System.Runtime.InteropServices;

namespace NodeDns.TestKit;

/// <summary>Finds the repository and the built program from wherever the tests run.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>The program under test: NODEDNS_BINARY, or what ./build made.</summary>
    public static string Binary
    {
        get
        {
            string path = Environment.GetEnvironmentVariable("NODEDNS_BINARY") is { Length: > 0 } chosen
                ? chosen
                : System.IO.Path.Combine(Path, "artifacts", "nodedns", "nodedns");
            return File.Exists(path)
                ? path
                : throw new FileNotFoundException($"{path} does not exist: run ./build first, or set NODEDNS_BINARY");
        }
    }

    /// <summary>The folder of the shared runtime: the program is found there where dotnet is in no system folder.</summary>
    public static string DotnetRoot { get; } = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } known
        ? known
        : System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "NodeDns.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("NodeDns.sln was not found above the tests");
    }
}
