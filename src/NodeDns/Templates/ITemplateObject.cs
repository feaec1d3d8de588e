using System;

namespace NodeDns.Templates;

/// <summary>A value with named members, some of which take arguments, that a template can look into.</summary>
internal interface ITemplateObject
{
    /// <summary>False when there is no such member or it does not take these arguments.</summary>
    public bool TryGetMember(string name, ReadOnlySpan<object?> arguments, out object? value);
}
