using System.Collections.Generic;

namespace NodeDns.Templates;

/// <summary>A part of a parsed Go template.</summary>
internal abstract record TemplateNode
{
    /// <summary>Literal text between actions.</summary>
    internal sealed record Text(string Value) : TemplateNode;

    /// <summary>A pipeline whose value is printed, unless it declares or sets a variable.</summary>
    internal sealed record Action(Pipeline Value) : TemplateNode;

    /// <summary>if and with; with makes the value the dot of its body.</summary>
    internal sealed record Branch(
        Pipeline Condition,
        bool SetsDot,
        IReadOnlyList<TemplateNode> Body,
        IReadOnlyList<TemplateNode> Otherwise) : TemplateNode;

    /// <summary>range over a list, a map or a number.</summary>
    internal sealed record Range(
        Pipeline Source,
        IReadOnlyList<TemplateNode> Body,
        IReadOnlyList<TemplateNode> Otherwise) : TemplateNode;

    /// <summary>break or continue of the innermost range.</summary>
    internal sealed record Jump(bool Breaks) : TemplateNode;

    /// <summary>Commands chained by |, with the variables that take the result.</summary>
    internal sealed record Pipeline(
        IReadOnlyList<string> Variables,
        bool Declares,
        IReadOnlyList<Command> Commands) : TemplateNode;

    /// <summary>A function or value with its arguments.</summary>
    internal sealed record Command(IReadOnlyList<TemplateNode> Operands) : TemplateNode;

    /// <summary>A constant: string, integer, float, truth value or nil.</summary>
    internal sealed record Constant(object? Value) : TemplateNode;

    /// <summary>A function by its name.</summary>
    internal sealed record Function(string Name) : TemplateNode;

    /// <summary>A value and the fields looked up on it one after another; no root means the dot.</summary>
    internal sealed record Chain(TemplateNode? Root, IReadOnlyList<string> Fields) : TemplateNode;

    /// <summary>A variable, dollar sign included.</summary>
    internal sealed record Variable(string Name) : TemplateNode;
}
