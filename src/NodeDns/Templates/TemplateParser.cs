using System.Collections.Generic;

namespace NodeDns.Templates;

/// <summary>Builds the tree of a Go template and refuses what could only fail later: unknown functions and variables.</summary>
internal sealed class TemplateParser(IReadOnlyList<TemplateToken> tokens)
{
    private const int MaxDepth = 64;

    private readonly List<string> _variables = ["$"];
    private int _next;
    private int _depth;
    private int _rangeDepth;

    public string Error { get; private set; } = "";

    public bool TryParse(out IReadOnlyList<TemplateNode> nodes)
    {
        if (!TryList(out nodes, out string terminator))
        {
            return false;
        }

        return terminator.Length == 0 || Fail($"unexpected {{{{{terminator}}}}}");
    }

    // Reads until {{end}}, {{else}} or the end of the text; the keyword is consumed, what follows it is not.
    private bool TryList(out IReadOnlyList<TemplateNode> nodes, out string terminator)
    {
        List<TemplateNode> list = [];
        nodes = list;
        terminator = "";
        while (Peek.Kind != TemplateTokenKind.End)
        {
            TemplateToken token = Take();
            if (token.Kind == TemplateTokenKind.Text)
            {
                list.Add(new TemplateNode.Text(token.Text));
                continue;
            }

            SkipSpace();
            if (Peek is { Kind: TemplateTokenKind.Identifier, Text: "end" or "else" })
            {
                terminator = Take().Text;
                return true;
            }

            if (!TryAction(out TemplateNode? node))
            {
                return false;
            }

            list.Add(node!);
        }

        return true;
    }

    private bool TryAction(out TemplateNode? node)
    {
        node = null;
        if (Peek.Kind != TemplateTokenKind.Identifier)
        {
            return TryPrinted(out node);
        }

        switch (Peek.Text)
        {
            case "if" or "with":
                return TryBranch(out node);
            case "range":
                return TryRange(out node);
            case "break" or "continue":
                node = new TemplateNode.Jump(Take().Text == "break");
                return _rangeDepth == 0 ? Fail("break or continue outside range") : TryClose();
            case "define" or "template" or "block":
                return Fail($"{Peek.Text} is not supported here");
            default:
                return TryPrinted(out node);
        }
    }

    private bool TryPrinted(out TemplateNode? node)
    {
        node = null;
        if (!TryPipeline(out TemplateNode.Pipeline? pipeline, allowTwo: false) || !TryClose())
        {
            return false;
        }

        node = new TemplateNode.Action(pipeline!);
        return true;
    }

    private bool TryBranch(out TemplateNode? node)
    {
        node = null;
        bool setsDot = Take().Text == "with";
        int scope = _variables.Count;
        if (!TryEnter() || !TryPipeline(out TemplateNode.Pipeline? condition, allowTwo: false) || !TryClose()
            || !TryBodies(out IReadOnlyList<TemplateNode> body, out IReadOnlyList<TemplateNode> otherwise))
        {
            return false;
        }

        Leave(scope);
        node = new TemplateNode.Branch(condition!, setsDot, body, otherwise);
        return true;
    }

    private bool TryRange(out TemplateNode? node)
    {
        node = null;
        Take();
        int scope = _variables.Count;
        if (!TryEnter() || !TryPipeline(out TemplateNode.Pipeline? source, allowTwo: true) || !TryClose())
        {
            return false;
        }

        _rangeDepth++;
        if (!TryBodies(out IReadOnlyList<TemplateNode> body, out IReadOnlyList<TemplateNode> otherwise))
        {
            return false;
        }

        _rangeDepth--;
        Leave(scope);
        node = new TemplateNode.Range(source!, body, otherwise);
        return true;
    }

    private bool TryBodies(out IReadOnlyList<TemplateNode> body, out IReadOnlyList<TemplateNode> otherwise)
    {
        otherwise = [];
        int scope = _variables.Count;
        if (!TryList(out body, out string terminator))
        {
            return false;
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        if (terminator == "end")
        {
            return TryClose();
        }

        if (terminator.Length == 0)
        {
            return Fail("unexpected end of template, {{end}} expected");
        }

        SkipSpace();
        if (Peek is { Kind: TemplateTokenKind.Identifier, Text: "if" or "with" })
        {
            // {{else if}} shares the {{end}} of its {{if}}, so the nested branch consumes it.
            bool nested = TryBranch(out TemplateNode? branch);
            otherwise = branch is null ? [] : [branch];
            return nested;
        }

        if (!TryClose() || !TryList(out otherwise, out terminator))
        {
            return false;
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        return terminator == "end" ? TryClose() : Fail("{{end}} expected after {{else}}");
    }

    private bool TryPipeline(out TemplateNode.Pipeline? pipeline, bool allowTwo)
    {
        pipeline = null;
        SkipSpace();
        if (!TryVariables(out List<string> variables, out bool declares, allowTwo))
        {
            return false;
        }

        List<TemplateNode.Command> commands = [];
        do
        {
            SkipSpace();
            if (!TryCommand(out TemplateNode.Command? command))
            {
                return false;
            }

            if (commands.Count > 0 && command!.Operands[0] is TemplateNode.Constant)
            {
                return Fail($"non executable command in pipeline stage {commands.Count + 1}");
            }

            commands.Add(command!);
        }
        while (TryTake(TemplateTokenKind.Pipe));

        if (declares)
        {
            _variables.AddRange(variables);
        }

        pipeline = new TemplateNode.Pipeline(variables, declares, commands);
        return true;
    }

    // "$x :=", "$x =" and, in range, "$i, $x :=". A variable that is not followed by one of these is an operand.
    private bool TryVariables(out List<string> variables, out bool declares, bool allowTwo)
    {
        variables = [];
        declares = false;
        int start = _next;
        while (Peek.Kind == TemplateTokenKind.Variable)
        {
            variables.Add(Take().Text);
            SkipSpace();
            if (Peek.Kind is TemplateTokenKind.Declare or TemplateTokenKind.Assign)
            {
                declares = Take().Kind == TemplateTokenKind.Declare;
                return declares || IsKnown(variables);
            }

            if (!allowTwo || variables.Count == 2 || !TryTake(TemplateTokenKind.Comma))
            {
                break;
            }

            SkipSpace();
        }

        variables.Clear();
        _next = start;
        return true;
    }

    private bool IsKnown(List<string> variables)
    {
        foreach (string variable in variables)
        {
            if (!_variables.Contains(variable))
            {
                return Fail($"undefined variable \"{variable}\"");
            }
        }

        return true;
    }

    private bool TryCommand(out TemplateNode.Command? command)
    {
        command = null;
        List<TemplateNode> operands = [];
        while (true)
        {
            SkipSpace();
            if (Peek.Kind is TemplateTokenKind.Close or TemplateTokenKind.Pipe
                or TemplateTokenKind.CloseParenthesis or TemplateTokenKind.End)
            {
                break;
            }

            if (!TryOperand(out TemplateNode? operand))
            {
                return false;
            }

            operands.Add(operand!);
            if (Peek.Kind is not (TemplateTokenKind.Space or TemplateTokenKind.Close or TemplateTokenKind.Pipe
                or TemplateTokenKind.CloseParenthesis or TemplateTokenKind.End))
            {
                return Fail($"unexpected \"{Peek.Text}\" in operand");
            }
        }

        if (operands.Count == 0)
        {
            return Fail("missing value for command");
        }

        if (operands[0] is TemplateNode.Constant && operands.Count > 1)
        {
            return Fail("can't give argument to non-function");
        }

        command = new TemplateNode.Command(operands);
        return true;
    }

    private bool TryOperand(out TemplateNode? operand)
    {
        TemplateToken token = Take();
        bool found = TryTerm(token, out operand);
        List<string> fields = [];
        if (token.Kind == TemplateTokenKind.Field)
        {
            fields.Add(token.Text);
        }

        while (found && Peek.Kind == TemplateTokenKind.Field)
        {
            fields.Add(Take().Text);
        }

        if (!found || fields.Count == 0)
        {
            return found;
        }

        if (operand is TemplateNode.Constant)
        {
            return Fail($"unexpected .{fields[0]} after a constant");
        }

        operand = new TemplateNode.Chain(token.Kind == TemplateTokenKind.Field ? null : operand, fields);
        return true;
    }

    private bool TryTerm(TemplateToken token, out TemplateNode? operand)
    {
        operand = null;
        switch (token.Kind)
        {
            case TemplateTokenKind.Field:
                return true;
            case TemplateTokenKind.Dot:
                operand = new TemplateNode.Chain(null, []);
                return true;
            case TemplateTokenKind.Variable:
                operand = new TemplateNode.Variable(token.Text);
                return _variables.Contains(token.Text) || Fail($"undefined variable \"{token.Text}\"");
            case TemplateTokenKind.Quoted:
                operand = new TemplateNode.Constant(token.Text);
                return true;
            case TemplateTokenKind.Character:
                operand = new TemplateNode.Constant((long)char.ConvertToUtf32(token.Text, 0));
                return true;
            case TemplateTokenKind.Number:
                bool isNumber = TemplateNumber.TryParse(token.Text, out object? number);
                operand = new TemplateNode.Constant(number);
                return isNumber || Fail($"bad number syntax: \"{token.Text}\"");
            case TemplateTokenKind.OpenParenthesis:
                return TryParenthesis(out operand);
            case TemplateTokenKind.Identifier:
                return TryName(token.Text, out operand);
            default:
                return Fail($"unexpected \"{token.Text}\" in command");
        }
    }

    private bool TryParenthesis(out TemplateNode? operand)
    {
        operand = null;
        if (!TryEnter() || !TryPipeline(out TemplateNode.Pipeline? pipeline, allowTwo: false))
        {
            return false;
        }

        _depth--;
        operand = pipeline;
        return TryTake(TemplateTokenKind.CloseParenthesis) || Fail("unclosed left parenthesis");
    }

    private bool TryName(string name, out TemplateNode? operand)
    {
        operand = name switch
        {
            "true" => new TemplateNode.Constant(true),
            "false" => new TemplateNode.Constant(false),
            "nil" => new TemplateNode.Constant(null),
            _ => new TemplateNode.Function(name),
        };
        return operand is TemplateNode.Constant || TemplateFunctions.Exists(name)
            || Fail($"function \"{name}\" not defined");
    }

    private bool TryEnter() => ++_depth <= MaxDepth || Fail("nested too deeply");

    private void Leave(int scope)
    {
        _depth--;
        _variables.RemoveRange(scope, _variables.Count - scope);
    }

    private bool TryClose()
    {
        SkipSpace();
        return TryTake(TemplateTokenKind.Close) || Fail($"unexpected \"{Peek.Text}\" in action");
    }

    private TemplateToken Peek => tokens[_next];

    private TemplateToken Take() => tokens[_next < tokens.Count - 1 ? _next++ : _next];

    private bool TryTake(TemplateTokenKind kind)
    {
        SkipSpace();
        if (Peek.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    private void SkipSpace()
    {
        while (Peek.Kind == TemplateTokenKind.Space)
        {
            Take();
        }
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
