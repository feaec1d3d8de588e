namespace NodeDns.Templates;

/// <summary>The kinds of lexical elements of a Go template.</summary>
internal enum TemplateTokenKind : byte
{
    Text,
    Open,
    Close,
    Space,
    Identifier,
    Field,
    Variable,
    Dot,
    Quoted,
    Character,
    Number,
    Declare,
    Assign,
    Pipe,
    Comma,
    OpenParenthesis,
    CloseParenthesis,
    End,
}
