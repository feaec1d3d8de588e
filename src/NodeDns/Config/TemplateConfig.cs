using System.Collections.Immutable;

namespace NodeDns.Config;

/// <summary>template: answers made from the question by patterns.</summary>
internal sealed record TemplateConfig
{
    public const ushort AnyType = 255;
    public const ushort AnyClass = 255;

    public required ushort Class { get; init; }

    public required ushort Type { get; init; }

    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>Regular expressions in Go's syntax, known to compile; the first that matches counts; never empty.</summary>
    public required ImmutableArray<string> Matches { get; init; }

    public ImmutableArray<string> Answers { get; init; } = [];

    public ImmutableArray<string> Additionals { get; init; } = [];

    public ImmutableArray<string> Authorities { get; init; } = [];

    /// <summary>NOERROR unless written.</summary>
    public ushort Rcode { get; init; }

    public TemplateErrorConfig? ExtendedError { get; init; }

    /// <summary>Zones in which a name that no pattern matches goes on; empty: it ends here with SERVFAIL.</summary>
    public ImmutableArray<string> Fallthrough { get; init; } = [];

    public ImmutableArray<TemplateVariableConfig> Variables { get; init; } = [];

    /// <summary>Conditions that all have to hold.</summary>
    public ImmutableArray<string> Expressions { get; init; } = [];

    public SourceLocation Location { get; init; }
}
