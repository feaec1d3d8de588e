using System.Collections.Generic;

namespace NodeDns.Templates.Expressions;

/// <summary>A part of a parsed expression.</summary>
internal abstract record ExpressionNode
{
    internal sealed record Constant(object? Value) : ExpressionNode;

    internal sealed record List(IReadOnlyList<ExpressionNode> Items) : ExpressionNode;

    internal sealed record Variable(string Name) : ExpressionNode;

    /// <summary>The element a predicate is asked about, written #.</summary>
    internal sealed record Element : ExpressionNode;

    internal sealed record Unary(string Operator, ExpressionNode Operand) : ExpressionNode;

    internal sealed record Binary(string Operator, ExpressionNode Left, ExpressionNode Right) : ExpressionNode;

    /// <summary>matches with a constant pattern.</summary>
    internal sealed record Matches(ExpressionNode Text, GoRegex Pattern) : ExpressionNode;

    internal sealed record Choice(ExpressionNode Condition, ExpressionNode Then, ExpressionNode Else) : ExpressionNode;

    internal sealed record Index(ExpressionNode Holder, ExpressionNode Key) : ExpressionNode;

    internal sealed record Call(string Function, IReadOnlyList<ExpressionNode> Arguments) : ExpressionNode;

    /// <summary>any, all, none, one, count, filter or map over a list.</summary>
    internal sealed record Predicate(string Function, ExpressionNode Source, ExpressionNode Body) : ExpressionNode;
}
