namespace NodeDns.Templates.Expressions;

/// <summary>One lexical element of an expression.</summary>
/// <param name="Kind">q for a quoted text, n for a number, w for a word, o for an operator, e for the end.</param>
/// <param name="Text">Its text; of a quoted text the value.</param>
internal readonly record struct ExpressionToken(char Kind, string Text);
