using System.Collections.Immutable;

namespace NodeDns.Config.Syntax;

/// <summary>One directive or option as written: its name, the words on its line, and the block behind it.</summary>
internal sealed record DirectiveSyntax(
    Token Name,
    ImmutableArray<Token> Arguments,
    bool HasBlock,
    ImmutableArray<DirectiveSyntax> Block);
