using System;
using System.Collections.Generic;
using System.Linq;

namespace NodeDns.Templates.Expressions;

/// <summary>One evaluation of an expression; its work is bounded.</summary>
internal sealed class ExpressionRun(IExpressionScope scope)
{
    private const int MaxSteps = 10_000;

    private readonly Stack<object?> _elements = new();
    private int _steps;

    public string Error { get; private set; } = "";

    public static bool IsPredicate(string function) =>
        function is "any" or "all" or "none" or "one" or "count" or "filter" or "map";

    public bool TryEvaluate(ExpressionNode node, out object? value)
    {
        value = null;
        if (++_steps > MaxSteps)
        {
            return Fail("the expression does too much work");
        }

        switch (node)
        {
            case ExpressionNode.Constant constant:
                value = constant.Value;
                return true;
            case ExpressionNode.Element:
                value = _elements.Peek();
                return true;
            case ExpressionNode.Variable variable:
                return scope.TryGetVariable(variable.Name, out value) || Fail($"{variable.Name} has no value");
            case ExpressionNode.List list:
                bool all = TryAll(list.Items, out List<object?> items);
                value = items.ToArray();
                return all;
            case ExpressionNode.Unary unary:
                return TryUnary(unary, out value);
            case ExpressionNode.Binary binary:
                return TryBinary(binary, out value);
            case ExpressionNode.Matches matches:
                return TryMatches(matches, out value);
            case ExpressionNode.Choice choice:
                return TryTruth(choice.Condition, out bool truth)
                    && TryEvaluate(truth ? choice.Then : choice.Else, out value);
            case ExpressionNode.Index index:
                return TryIndex(index, out value);
            case ExpressionNode.Predicate predicate:
                return TryPredicate(predicate, out value);
            case ExpressionNode.Call call:
                return TryCall(call, out value);
            default:
                return Fail("unexpected node");
        }
    }

    private bool TryTruth(ExpressionNode node, out bool truth)
    {
        bool evaluated = TryEvaluate(node, out object? value);
        truth = value is true;
        return evaluated && (value is bool || Fail($"expected true or false, found {TemplateValue.Print(value)}"));
    }

    private bool TryAll(IReadOnlyList<ExpressionNode> nodes, out List<object?> values)
    {
        values = [];
        foreach (ExpressionNode node in nodes)
        {
            if (!TryEvaluate(node, out object? value))
            {
                return false;
            }

            values.Add(value);
        }

        return true;
    }

    private bool TryUnary(ExpressionNode.Unary unary, out object? value)
    {
        value = null;
        if (unary.Operator == "!")
        {
            bool known = TryTruth(unary.Operand, out bool truth);
            value = !truth;
            return known;
        }

        if (!TryEvaluate(unary.Operand, out value))
        {
            return false;
        }

        value = (unary.Operator, value) switch
        {
            ("-", long number) => -number,
            ("-", double number) => -number,
            ("+", long or double) => value,
            _ => null,
        };
        return value is not null || Fail($"{unary.Operator} needs a number");
    }

    private bool TryBinary(ExpressionNode.Binary binary, out object? value)
    {
        value = null;
        if (binary.Operator is "&&" or "||")
        {
            if (!TryTruth(binary.Left, out bool left) || left == (binary.Operator == "||"))
            {
                value = left;
                return Error.Length == 0;
            }

            bool known = TryTruth(binary.Right, out bool right);
            value = right;
            return known;
        }

        if (!TryEvaluate(binary.Left, out object? first))
        {
            return false;
        }

        if (binary.Operator == "??" && first is not null)
        {
            value = first;
            return true;
        }

        return TryEvaluate(binary.Right, out object? second)
            && (ExpressionOperators.TryApply(binary.Operator, first, second, out value)
                || Fail($"{TemplateValue.Print(first)} {binary.Operator} {TemplateValue.Print(second)} has no meaning"));
    }

    private bool TryMatches(ExpressionNode.Matches matches, out object? value)
    {
        value = null;
        if (!TryEvaluate(matches.Text, out object? text) || text is not string name)
        {
            return Fail("matches needs a text");
        }

        value = matches.Pattern.IsMatch(name);
        return true;
    }

    private bool TryIndex(ExpressionNode.Index index, out object? value)
    {
        value = null;
        if (!TryEvaluate(index.Holder, out object? holder) || !TryEvaluate(index.Key, out object? key))
        {
            return false;
        }

        if (holder is IReadOnlyList<object?> list && key is long position
            && (position < 0 ? position + list.Count : position) is var at && at >= 0 && at < list.Count)
        {
            value = list[(int)at];
            return true;
        }

        return Fail($"no element {TemplateValue.Print(key)}");
    }

    private bool TryPredicate(ExpressionNode.Predicate predicate, out object? value)
    {
        value = null;
        if (!TryEvaluate(predicate.Source, out object? source) || source is not IReadOnlyList<object?> list)
        {
            return Fail($"{predicate.Function} needs a list");
        }

        List<object?> results = [];
        foreach (object? item in list)
        {
            _elements.Push(item);
            bool evaluated = TryEvaluate(predicate.Body, out object? result);
            _elements.Pop();
            if (!evaluated || (predicate.Function != "map" && result is not bool))
            {
                return Fail($"the condition of {predicate.Function} is neither true nor false");
            }

            results.Add(result);
        }

        int held = results.Count(result => result is true);
        value = predicate.Function switch
        {
            "any" => held > 0,
            "all" => held == list.Count,
            "none" => held == 0,
            "one" => held == 1,
            "count" => (long)held,
            "map" => results.ToArray(),
            _ => list.Where((_, i) => results[i] is true).ToArray(),
        };
        return true;
    }

    private bool TryCall(ExpressionNode.Call call, out object? value)
    {
        value = null;
        if (!TryAll(call.Arguments, out List<object?> arguments))
        {
            return false;
        }

        ReadOnlySpan<object?> given = arguments.ToArray();
        return ExpressionFunctions.TryCall(call.Function, given, out value)
            || scope.TryCall(call.Function, given, out value)
            || Fail($"{call.Function} does not take ({string.Join(", ", arguments.Select(TemplateValue.Print))})");
    }

    private bool Fail(string error)
    {
        Error = Error.Length == 0 ? error : Error;
        return false;
    }
}
