using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>What reading a Corefile gave: a config, or every error of the file; never both.</summary>
/// <param name="FilesRead">The Corefile, its imports, resolv.conf and hosts files: what a watcher has to look at.</param>
internal sealed record CorefileResult(
    NodeDnsConfig? Config,
    ImmutableArray<ConfigError> Errors,
    ImmutableArray<string> Warnings,
    ImmutableArray<string> FilesRead);
