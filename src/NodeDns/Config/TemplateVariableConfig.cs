namespace NodeDns.Config;

/// <summary>template's var: a name and the template whose text is its value.</summary>
internal sealed record TemplateVariableConfig(string Name, string Expression);
