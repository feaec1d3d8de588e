using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace NodeDns.Templates.Expressions;

/// <summary>An expression of a template's var or expr line, in the language that CoreDNS uses for them (expr-lang).</summary>
/// <remarks>
/// The part of that language that a question needs: texts, numbers, lists, comparisons, and/or/not, in, contains,
/// startsWith, endsWith, matches, ?:, indexes, pipes, any/all/none/one/count/filter/map and functions. Immutable.
/// </remarks>
internal sealed class TemplateExpression
{
    private readonly ExpressionNode _root;

    private TemplateExpression(string text, ExpressionNode root)
    {
        Text = text;
        _root = root;
    }

    public string Text { get; }

    public static bool TryParse(
        string text,
        Predicate<string> isFunction,
        Predicate<string> isVariable,
        [NotNullWhen(true)] out TemplateExpression? expression,
        out string error)
    {
        expression = null;
        if (!ExpressionLexer.TryRead(text, out List<ExpressionToken> tokens, out error))
        {
            return false;
        }

        ExpressionParser parser = new(tokens, isFunction, isVariable);
        if (!parser.TryParse(out ExpressionNode root))
        {
            error = parser.Error;
            return false;
        }

        expression = new TemplateExpression(text, root);
        return true;
    }

    public bool TryEvaluate(IExpressionScope scope, out object? value, out string error)
    {
        ExpressionRun run = new(scope);
        bool done = run.TryEvaluate(_root, out value);
        error = run.Error;
        return done;
    }
}
