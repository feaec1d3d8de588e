using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using NodeDns.Config.Syntax;

namespace NodeDns.Config.Directives;

/// <summary>A server block while its directives are read: each adds its part to <see cref="Block"/>.</summary>
internal sealed class BlockScope(ReadingState state, ServerBlockConfig block)
{
    public ReadingState State { get; } = state;

    public ErrorList Errors => State.Errors;

    public ServerBlockConfig Block { get; set; } = block;

    /// <summary>The zones that a directive without zones of its own is for.</summary>
    public ImmutableArray<string> Zones { get; } = [.. block.Keys.Select(key => key.Zone).Distinct(StringComparer.Ordinal)];

    /// <summary>Where each effective directive was first given, for those that may be given only once.</summary>
    public Dictionary<string, SourceLocation> Given { get; } = new(StringComparer.Ordinal);
}
