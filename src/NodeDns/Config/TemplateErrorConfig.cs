namespace NodeDns.Config;

/// <summary>template's ederror: the extended error (RFC 8914) put on its answers.</summary>
internal sealed record TemplateErrorConfig(ushort Code, string Reason);
