using System;
using System.IO;
using NodeDns.TestKit;

namespace NodeDns.EndToEnd.Upstreams;

/// <summary>A certificate authority and a folder for its files, for the tests of a class.</summary>
public sealed class EncryptedFixture : IDisposable
{
    public EncryptedFixture() => AuthorityFile = Authority.WritePem(Folder);

    public string Folder { get; } = Directory.CreateTempSubdirectory("nodedns-tls-").FullName;

    public TestAuthority Authority { get; } = new();

    /// <summary>The authority's certificate.</summary>
    public string AuthorityFile { get; }

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
