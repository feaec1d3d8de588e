using System;
using System.Collections.Generic;

namespace NodeDns.Templates.Expressions;

/// <summary>Builds the tree of an expression by operator precedence; refuses unknown names.</summary>
internal sealed class ExpressionParser(List<ExpressionToken> tokens, Predicate<string> isFunction, Predicate<string> isVariable)
{
    private const int MaxDepth = 64;
    private const int ComparisonPrecedence = 3;
    private const int NotPrecedence = 5;
    private const int SignPrecedence = 7;

    private int _next;
    private int _depth;
    private int _predicates;

    public string Error { get; private set; } = "";

    public bool TryParse(out ExpressionNode node) => TryChoice(out node) && (Peek.Kind == 'e' || Unexpected());

    // The levels of expr-lang; a not stands between sums and products, a sign below ?? only.
    private static int Precedence(string text) => text switch
    {
        "||" or "or" => 1,
        "&&" or "and" => 2,
        "==" or "!=" or "<" or ">" or "<=" or ">=" or "in" or "contains" or "startsWith" or "endsWith" or "matches" =>
            ComparisonPrecedence,
        "+" or "-" => 4,
        "*" or "/" or "%" => 6,
        "??" => 8,
        _ => 0,
    };

    private ExpressionToken Peek => tokens[_next];

    private bool TryChoice(out ExpressionNode node)
    {
        if (++_depth > MaxDepth)
        {
            node = new ExpressionNode.Constant(null);
            return Fail("nested too deeply");
        }

        if (!TryBinary(1, out node) || !TryPipes(ref node))
        {
            return false;
        }

        if (Take("?"))
        {
            if (!TryChoice(out ExpressionNode then) || !Expect(":") || !TryChoice(out ExpressionNode otherwise))
            {
                return false;
            }

            node = new ExpressionNode.Choice(node, then, otherwise);
        }

        _depth--;
        return true;
    }

    private bool TryBinary(int least, out ExpressionNode node)
    {
        if (!TryUnary(out node))
        {
            return false;
        }

        while (true)
        {
            // "not in" and its like bind as the operator behind the not.
            bool negated = Peek is { Kind: 'w', Text: "not" } && tokens[_next + 1].Kind == 'w'
                && Precedence(tokens[_next + 1].Text) == ComparisonPrecedence;
            string text = negated ? tokens[_next + 1].Text : Peek.Text;
            int precedence = Peek.Kind is 'o' or 'w' ? Precedence(text) : 0;
            if (precedence < least || precedence == 0)
            {
                return true;
            }

            _next += negated ? 2 : 1;
            if (!TryBinary(precedence + 1, out ExpressionNode right) || !TryCombine(text, ref node, right))
            {
                return false;
            }

            node = negated ? new ExpressionNode.Unary("!", node) : node;
        }
    }

    // A pattern is compiled once, so it has to be written out.
    private bool TryCombine(string text, ref ExpressionNode node, ExpressionNode right)
    {
        if (text != "matches")
        {
            string symbol = text switch { "or" => "||", "and" => "&&", _ => text };
            node = new ExpressionNode.Binary(symbol, node, right);
            return true;
        }

        if (right is not ExpressionNode.Constant { Value: string pattern })
        {
            return Fail("matches needs a pattern in quotes");
        }

        if (!GoRegex.TryCompile(pattern, out GoRegex? regex, out string error))
        {
            return Fail(error);
        }

        node = new ExpressionNode.Matches(node, regex);
        return true;
    }

    private bool TryUnary(out ExpressionNode node)
    {
        if (Peek is { Kind: 'o', Text: "!" or "-" or "+" } or { Kind: 'w', Text: "not" })
        {
            string text = tokens[_next++].Text;
            if (++_depth > MaxDepth || !TryBinary(text is "!" or "not" ? NotPrecedence : SignPrecedence, out node))
            {
                node = new ExpressionNode.Constant(null);
                return Error.Length > 0 ? false : Fail("nested too deeply");
            }

            _depth--;
            node = new ExpressionNode.Unary(text == "not" ? "!" : text, node);
            return true;
        }

        return TryPrimary(out node) && TryIndexes(ref node);
    }

    private bool TryIndexes(ref ExpressionNode node)
    {
        while (Take("["))
        {
            if (!TryChoice(out ExpressionNode key) || !Expect("]"))
            {
                return false;
            }

            node = new ExpressionNode.Index(node, key);
        }

        return true;
    }

    // "list | any(...)" hands the value over as the first argument.
    private bool TryPipes(ref ExpressionNode node)
    {
        while (Take("|"))
        {
            if (Peek.Kind != 'w' || !TryCall(tokens[_next++].Text, [node], out node))
            {
                return Error.Length > 0 ? false : Unexpected();
            }
        }

        return true;
    }

    private bool TryPrimary(out ExpressionNode node)
    {
        ExpressionToken token = tokens[_next];
        node = new ExpressionNode.Constant(null);
        _next += token.Kind == 'e' ? 0 : 1;
        switch (token)
        {
            case { Kind: 'q' }:
                node = new ExpressionNode.Constant(token.Text);
                return true;
            case { Kind: 'n' }:
                bool isNumber = TemplateNumber.TryParse(token.Text, out object? number);
                node = new ExpressionNode.Constant(number);
                return isNumber || Fail($"bad number {token.Text}");
            case { Kind: 'o', Text: "(" }:
                return TryChoice(out node) && Expect(")");
            case { Kind: 'o', Text: "[" }:
                bool isList = TryItems("]", [], out List<ExpressionNode> items);
                node = new ExpressionNode.List(items);
                return isList;
            case { Kind: 'o', Text: "#" } when _predicates > 0:
                node = new ExpressionNode.Element();
                return true;
            case { Kind: 'w' }:
                return TryWord(token.Text, out node);
            default:
                _next = Math.Max(_next - 1, 0);
                return Unexpected();
        }
    }

    private bool TryWord(string word, out ExpressionNode node)
    {
        node = new ExpressionNode.Constant(word switch { "true" => true, "false" => false, _ => null });
        if (word is "true" or "false" or "nil")
        {
            return true;
        }

        if (Peek is { Kind: 'o', Text: "(" })
        {
            return TryCall(word, [], out node);
        }

        node = new ExpressionNode.Variable(word);
        return isVariable(word) || Fail($"unknown name {word}");
    }

    private bool TryCall(string function, List<ExpressionNode> arguments, out ExpressionNode node)
    {
        node = new ExpressionNode.Constant(null);
        bool isPredicate = ExpressionRun.IsPredicate(function);
        if (!isPredicate && !ExpressionFunctions.Exists(function) && !isFunction(function))
        {
            return Fail($"unknown function {function}");
        }

        _predicates += isPredicate ? 1 : 0;
        if (!Expect("(") || !TryItems(")", arguments, out arguments))
        {
            return false;
        }

        _predicates -= isPredicate ? 1 : 0;
        if (isPredicate && arguments.Count != 2)
        {
            return Fail($"{function} takes a list and a condition");
        }

        node = isPredicate
            ? new ExpressionNode.Predicate(function, arguments[0], arguments[1])
            : new ExpressionNode.Call(function, arguments);
        return true;
    }

    // Items up to the closing bracket; a predicate may stand in braces of its own.
    private bool TryItems(string close, List<ExpressionNode> before, out List<ExpressionNode> items)
    {
        items = [.. before];
        if (Take(close))
        {
            return true;
        }

        do
        {
            bool braced = _predicates > 0 && Take("{");
            if (!TryChoice(out ExpressionNode item) || (braced && !Expect("}")))
            {
                return false;
            }

            items.Add(item);
        }
        while (Take(","));

        return Expect(close);
    }

    private bool Take(string text)
    {
        bool found = Peek.Kind == 'o' && Peek.Text == text;
        _next += found ? 1 : 0;
        return found;
    }

    private bool Expect(string text) => Take(text) || Fail($"expected {text}, found {Peek.Text}");

    private bool Unexpected() => Fail($"unexpected {Peek.Text}");

    private bool Fail(string error)
    {
        Error = Error.Length == 0 ? error : Error;
        return false;
    }
}
