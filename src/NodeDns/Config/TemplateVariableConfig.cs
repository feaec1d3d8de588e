namespace NodeDns.Config;

/// <summary>template's var: a name and the expression whose value it has.</summary>
internal sealed record TemplateVariableConfig(string Name, string Expression);
