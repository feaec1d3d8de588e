using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>rewrite edns0: an EDNS option of the question towards upstream is set, added, replaced or taken away.</summary>
/// <param name="Code">The local option's code; 0 with <see cref="EdnsRewriteAction.Unset"/>: all local options.</param>
/// <param name="Data">The bytes of a local option; empty when <paramref name="Variable"/> is given.</param>
/// <param name="Variable">Such as client_ip, without braces, or null.</param>
/// <param name="Revert">The client's own option is put back in the answer.</param>
internal sealed record EdnsRewriteConfig(
    bool Continue,
    SourceLocation Location,
    EdnsRewriteKind Kind,
    EdnsRewriteAction Action,
    ushort Code,
    ImmutableArray<byte> Data,
    string? Variable,
    int Ipv4PrefixLength,
    int Ipv6PrefixLength,
    bool Revert) : RewriteRuleConfig(Continue, Location);
