using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace NodeDns.Templates;

/// <summary>A text in Go's template language, parsed once and rendered for each question.</summary>
/// <remarks>
/// The language of Go's text/template without define, template, block and the escaping functions. Values are
/// string, long, ulong, double, bool, null, lists of them, string maps and <see cref="ITemplateObject"/>. Immutable,
/// rendered by every worker at once; work and output of one rendering are bounded.
/// </remarks>
internal sealed class GoTemplate
{
    private readonly IReadOnlyList<TemplateNode> _nodes;

    private GoTemplate(string text, IReadOnlyList<TemplateNode> nodes)
    {
        Text = text;
        _nodes = nodes;
    }

    public string Text { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out GoTemplate? template, out string error)
    {
        template = null;
        TemplateLexer lexer = new(text);
        if (!lexer.TryRead(out List<TemplateToken> tokens))
        {
            error = lexer.Error;
            return false;
        }

        TemplateParser parser = new(tokens);
        if (!parser.TryParse(out IReadOnlyList<TemplateNode> nodes))
        {
            error = parser.Error;
            return false;
        }

        template = new GoTemplate(text, nodes);
        error = "";
        return true;
    }

    public bool TryRender(object? data, out string output, out string error)
    {
        TemplateRun run = new(data);
        bool done = run.TryRender(_nodes);
        output = done ? run.Output : "";
        error = run.Error;
        return done;
    }
}
