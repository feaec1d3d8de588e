using System;

namespace NodeDns.Config;

/// <summary>Errors that match are counted and logged once per period.</summary>
/// <param name="Pattern">A regular expression in Go's syntax, known to compile.</param>
/// <param name="ShowFirst">The first error of a period is also logged at once.</param>
internal sealed record ErrorsConsolidateConfig(TimeSpan Period, string Pattern, ErrorsLevel Level, bool ShowFirst);
