namespace NodeDns.Templates;

/// <summary>One lexical element of a Go template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; for a quoted string the value, for a field the name without the dot.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text);
