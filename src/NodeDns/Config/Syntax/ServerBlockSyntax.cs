using System.Collections.Immutable;

namespace NodeDns.Config.Syntax;

/// <summary>One server block as written.</summary>
internal sealed record ServerBlockSyntax(ImmutableArray<Token> Keys, ImmutableArray<DirectiveSyntax> Directives);
