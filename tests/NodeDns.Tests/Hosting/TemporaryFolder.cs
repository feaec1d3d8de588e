using System;
using System.IO;

namespace NodeDns.Tests.Hosting;

/// <summary>A folder for one test, gone at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("nodedns-test-").FullName;

    /// <summary>The path of a file or folder in here.</summary>
    public string this[string name] => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
