using System;

namespace NodeDns.Config.Directives;

/// <summary>A directive that the reader knows.</summary>
/// <param name="Read">Reads it into the block.</param>
/// <param name="Once">A second one in a block is a mistake.</param>
internal sealed record DirectiveEntry(string Name, Action<DirectiveScope> Read, bool Once = false);
