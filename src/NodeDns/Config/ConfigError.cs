namespace NodeDns.Config;

/// <summary>One mistake in a Corefile: where, in which directive, what is wrong and what was expected.</summary>
internal sealed record ConfigError(SourceLocation Location, string? Directive, string Message)
{
    public override string ToString() =>
        Directive is null ? $"{Location}: {Message}" : $"{Location}: {Directive}: {Message}";
}
