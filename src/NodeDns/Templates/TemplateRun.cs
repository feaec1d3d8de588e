using System;
using System.Collections.Generic;
using System.Text;

namespace NodeDns.Templates;

/// <summary>One rendering of a template: its variables, its output and the first error.</summary>
internal sealed class TemplateRun(object? data)
{
    /// <summary>Nodes evaluated at most, so that nested ranges cannot hold a worker.</summary>
    public const int MaxSteps = 20_000;

    /// <summary>More text than any record can hold.</summary>
    public const int MaxOutput = 64 * 1024;

    private enum Flow : byte
    {
        Next,
        Break,
        Continue,
        Failed,
    }

    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [("$", data)];
    private int _steps;

    public string Output => _output.ToString();

    public string Error { get; private set; } = "";

    public bool TryRender(IReadOnlyList<TemplateNode> nodes) => Walk(nodes, data) != Flow.Failed;

    private Flow Walk(IReadOnlyList<TemplateNode> nodes, object? dot)
    {
        foreach (TemplateNode node in nodes)
        {
            Flow flow = Visit(node, dot);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Visit(TemplateNode node, object? dot)
    {
        if (++_steps > MaxSteps || _output.Length > MaxOutput)
        {
            Fail("the template does too much work");
            return Flow.Failed;
        }

        switch (node)
        {
            case TemplateNode.Text text:
                _output.Append(text.Value);
                return Flow.Next;
            case TemplateNode.Action action:
                if (!TryPipeline(action.Value, dot, out object? value))
                {
                    return Flow.Failed;
                }

                _output.Append(action.Value.Variables.Count == 0 ? TemplateValue.Print(value) : "");
                return Flow.Next;
            case TemplateNode.Branch branch:
                return VisitBranch(branch, dot);
            case TemplateNode.Range range:
                return VisitRange(range, dot);
            case TemplateNode.Jump jump:
                return jump.Breaks ? Flow.Break : Flow.Continue;
            default:
                Fail("unexpected node");
                return Flow.Failed;
        }
    }

    private Flow VisitBranch(TemplateNode.Branch branch, object? dot)
    {
        int scope = _variables.Count;
        if (!TryPipeline(branch.Condition, dot, out object? value))
        {
            return Flow.Failed;
        }

        Flow flow = TemplateValue.IsTrue(value)
            ? Walk(branch.Body, branch.SetsDot ? value : dot)
            : Walk(branch.Otherwise, dot);
        Leave(scope);
        return flow;
    }

    private Flow VisitRange(TemplateNode.Range range, object? dot)
    {
        int scope = _variables.Count;
        if (!TryEvaluateCommands(range.Source, dot, out object? source)
            || !TemplateValue.TryEnumerate(source, out IEnumerable<(object? Key, object? Value)> items))
        {
            Fail($"range can't iterate over {TemplateValue.Print(source)}");
            return Flow.Failed;
        }

        bool empty = true;
        foreach ((object? key, object? value) in items)
        {
            empty = false;
            SetRangeVariables(range.Source, key, value);
            Flow flow = Walk(range.Body, value);
            Leave(scope);
            if (flow == Flow.Failed)
            {
                return flow;
            }

            if (flow == Flow.Break)
            {
                break;
            }
        }

        return empty ? Walk(range.Otherwise, dot) : Flow.Next;
    }

    private void SetRangeVariables(TemplateNode.Pipeline source, object? key, object? value)
    {
        IReadOnlyList<string> names = source.Variables;
        if (names.Count == 2)
        {
            SetVariable(names[0], key, source.Declares);
        }

        if (names.Count > 0)
        {
            SetVariable(names[^1], value, source.Declares);
        }
    }

    private bool TryPipeline(TemplateNode.Pipeline pipeline, object? dot, out object? value)
    {
        if (!TryEvaluateCommands(pipeline, dot, out value))
        {
            return false;
        }

        foreach (string name in pipeline.Variables)
        {
            SetVariable(name, value, pipeline.Declares);
        }

        return true;
    }

    private bool TryEvaluateCommands(TemplateNode.Pipeline pipeline, object? dot, out object? value)
    {
        value = null;
        for (int i = 0; i < pipeline.Commands.Count; i++)
        {
            if (!TryCommand(pipeline.Commands[i], dot, i > 0, value, out value))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryCommand(TemplateNode.Command command, object? dot, bool hasPiped, object? piped, out object? value)
    {
        value = null;
        if (++_steps > MaxSteps)
        {
            return Fail("the template does too much work");
        }

        TemplateNode first = command.Operands[0];
        if (first is TemplateNode.Function { Name: "and" or "or" } logic)
        {
            return TryLogic(command, logic.Name == "and", dot, hasPiped, piped, out value);
        }

        List<object?> arguments = [];
        for (int i = 1; i < command.Operands.Count; i++)
        {
            if (!TryOperand(command.Operands[i], dot, out object? argument))
            {
                return false;
            }

            arguments.Add(argument);
        }

        if (hasPiped)
        {
            arguments.Add(piped);
        }

        switch (first)
        {
            case TemplateNode.Function function:
                return TemplateFunctions.TryCall(function.Name, arguments, out value, out string error) || Fail(error);
            case TemplateNode.Chain { Fields.Count: > 0 } chain:
                return TryChain(chain, dot, arguments, out value);
            default:
                return arguments.Count == 0
                    ? TryOperand(first, dot, out value)
                    : Fail("can't give argument to non-function");
        }
    }

    private bool TryLogic(
        TemplateNode.Command command, bool isAnd, object? dot, bool hasPiped, object? piped, out object? value)
    {
        value = null;
        if (command.Operands.Count == 1 && !hasPiped)
        {
            return Fail("wrong number of args for and/or: want at least 1 got 0");
        }

        for (int i = 1; i < command.Operands.Count; i++)
        {
            if (!TryOperand(command.Operands[i], dot, out value))
            {
                return false;
            }

            if (TemplateValue.IsTrue(value) != isAnd)
            {
                return true;
            }
        }

        value = hasPiped ? piped : value;
        return true;
    }

    private bool TryOperand(TemplateNode operand, object? dot, out object? value)
    {
        value = null;
        switch (operand)
        {
            case TemplateNode.Constant constant:
                value = constant.Value;
                return true;
            case TemplateNode.Variable variable:
                value = _variables.FindLast(v => v.Name == variable.Name).Value;
                return true;
            case TemplateNode.Chain chain:
                return TryChain(chain, dot, [], out value);
            case TemplateNode.Pipeline pipeline:
                return TryPipeline(pipeline, dot, out value);
            case TemplateNode.Function function:
                return TemplateFunctions.TryCall(function.Name, [], out value, out string error) || Fail(error);
            default:
                return Fail("unexpected operand");
        }
    }

    private bool TryChain(TemplateNode.Chain chain, object? dot, List<object?> arguments, out object? value)
    {
        value = dot;
        if (chain.Root is not null && !TryOperand(chain.Root, dot, out value))
        {
            return false;
        }

        for (int i = 0; i < chain.Fields.Count; i++)
        {
            bool last = i == chain.Fields.Count - 1;
            ReadOnlySpan<object?> given = last ? arguments.ToArray() : [];
            if (!TryMember(value, chain.Fields[i], given, out value))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryMember(object? holder, string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        value = null;
        switch (holder)
        {
            case ITemplateObject members:
                return members.TryGetMember(name, arguments, out value) || Fail($"can't evaluate field {name}");
            case IReadOnlyDictionary<string, string> map when arguments.IsEmpty:
                // As in Go, a key that is not there gives no value, printed as <no value>.
                value = map.TryGetValue(name, out string? found) ? found : null;
                return true;
            case null:
                return Fail($"nil data; no entry for key \"{name}\"");
            default:
                return Fail($"can't evaluate field {name} of {TemplateValue.Print(holder)}");
        }
    }

    private void SetVariable(string name, object? value, bool declare)
    {
        if (declare)
        {
            _variables.Add((name, value));
            return;
        }

        _variables[_variables.FindLastIndex(v => v.Name == name)] = (name, value);
    }

    private void Leave(int scope) => _variables.RemoveRange(scope, _variables.Count - scope);

    // Keeps the first error: the ones after it are only its consequences.
    private bool Fail(string error)
    {
        Error = Error.Length == 0 ? error : Error;
        return false;
    }
}
