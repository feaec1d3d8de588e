using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>Everything an operator wrote in a Corefile, checked and with all defaults filled in.</summary>
/// <param name="Hash">A fingerprint in hex of the parsed token tree: comments and white space do not count, imports do.</param>
internal sealed record NodeDnsConfig(
    ImmutableArray<ServerBlockConfig> Blocks,
    string Hash,
    ImmutableArray<string> Warnings);
