using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>The files a Corefile can name: itself, imports, resolv.conf, hosts and weight files.</summary>
internal interface ICorefileFiles
{
    /// <summary>The text of a file, or null and one line that says why not.</summary>
    public string? TryRead(string path, out string error);

    public bool Exists(string path);

    /// <summary>The files (not folders) of a folder, full paths in ordinal order; empty when there is no such folder.</summary>
    public ImmutableArray<string> List(string folder);
}
