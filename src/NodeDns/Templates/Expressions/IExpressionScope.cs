using System;

namespace NodeDns.Templates.Expressions;

/// <summary>What the names in an expression stand for.</summary>
internal interface IExpressionScope
{
    public bool TryGetVariable(string name, out object? value);

    /// <summary>False when there is no such function or it does not take these arguments.</summary>
    public bool TryCall(string name, ReadOnlySpan<object?> arguments, out object? value);
}
