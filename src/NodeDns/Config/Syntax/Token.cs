namespace NodeDns.Config.Syntax;

/// <summary>One word of a Corefile.</summary>
/// <param name="StartsLine">The first token of its line: a directive, an option or a key begins here.</param>
/// <param name="IsLiteral">Quoted, or put in for a variable: a brace or "import" in it is only text.</param>
internal readonly record struct Token(string Text, SourceLocation Location, bool StartsLine, bool IsLiteral)
{
    public bool IsOpenBrace => !IsLiteral && Text == "{";

    public bool IsCloseBrace => !IsLiteral && Text == "}";

    public override string ToString() => Text;
}
